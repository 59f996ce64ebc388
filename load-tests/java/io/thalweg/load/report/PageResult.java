package io.thalweg.load.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Locale;

/**
 * What open pages cost a job at saturation.
 *
 * @param facts where and with what
 * @param job in words
 * @param seconds of a window
 * @param costs with one page, with ten
 * @param windows in their order
 */
public record PageResult(
    Facts facts, String job, double seconds, List<Cost> costs, List<Window> windows) {
  /** Share of the throughput that a page may cost. */
  public static final double ASKED = 0.03;

  /**
   * One window.
   *
   * @param pages that were open
   * @param samples per second that were taken in
   * @param cpu seconds of the solver's process per million samples
   * @param own share of it that the page's own threads used; -1 where the system does not tell
   * @param events that the pages read per second, all together
   * @param bytes that they read per second
   */
  public record Window(
      int pages, double samples, double cpu, double own, double events, double bytes) {}

  /**
   * Windows with pages against their neighbours without.
   *
   * @param pages that were open
   * @param samples ratio of the samples per second
   * @param cpu ratio of the CPU time per sample
   */
  public record Cost(int pages, PairedRatio samples, PairedRatio cpu) {
    /**
     * Whether the throughput lost is less than what is asked, by the whole interval.
     *
     * @return MET, MISSED, or NOT SHOWN where the interval holds what is asked
     */
    @JsonIgnore
    public String throughput() {
      return word(1 - samples.high(), 1 - samples.low());
    }

    /**
     * The same of the CPU time a sample takes more.
     *
     * @return MET, MISSED or NOT SHOWN
     */
    @JsonIgnore
    public String processor() {
      return word(cpu.low() - 1, cpu.high() - 1);
    }

    private static String word(double least, double most) {
      if (most < ASKED) {
        return "MET";
      }
      return least >= ASKED ? "MISSED" : "NOT SHOWN";
    }

    /**
     * For people.
     *
     * @return a line for the throughput and one for the CPU time
     */
    @JsonIgnore
    public List<String> verdicts() {
      return List.of(
          line(throughput(), "throughput", samples), line(processor(), "CPU per sample", cpu));
    }

    private String line(String word, String what, PairedRatio ratio) {
      return String.format(
          Locale.ROOT,
          "%-9s page: %s with %d open over %s without x%.4f (%.4f to %.4f, %.1f %% sure, %d pairs);"
              + " asked a cost below %.0f %%",
          word,
          what,
          pages,
          what,
          ratio.median(),
          ratio.low(),
          ratio.high(),
          100 * ratio.confidence(),
          ratio.pairs(),
          100 * ASKED);
    }
  }

  /**
   * Share of the CPU time that the page's own threads used, by the median of the windows.
   *
   * @param pages that were open
   * @return a share of one; below 0 where the system does not tell
   */
  public double own(int pages) {
    return PairedRatio.of(
            windows.stream().filter(w -> w.pages() == pages).mapToDouble(Window::own).toArray())
        .median();
  }

  /**
   * What the page's own threads cost, for people. It leaves out what they cost others, such as
   * caches, and is exact where the ratios are drowned in the noise of a machine.
   *
   * @return a line for each number of pages; none where the system does not tell
   */
  public List<String> ownVerdicts() {
    double without = own(0);
    if (without < 0) {
      return List.of();
    }
    return costs.stream()
        .map(
            cost ->
                String.format(
                    Locale.ROOT,
                    "%-9s page: the page's own threads use %.2f %% of the CPU time with %d open,"
                        + " %.2f %% without; asked a cost below %.0f %%",
                    own(cost.pages()) - without < ASKED ? "MET" : "MISSED",
                    100 * own(cost.pages()),
                    cost.pages(),
                    100 * without,
                    100 * ASKED))
        .toList();
  }
}
