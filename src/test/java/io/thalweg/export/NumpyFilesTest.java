package io.thalweg.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Byte for byte what numpy.save of numpy 1.24 writes, and what numpy.load makes of it. */
class NumpyFilesTest {
  private static final double[] SIX = {1, -2.5, 1.0 / 3, Double.MIN_VALUE, -0.0, 1e300};

  /** numpy.save of numpy.array([1, -2.5]). */
  private static final String TWO =
      "934e554d5059010076007b276465736372273a20273c6638272c2027666f727472616e5f6f72646572273a20"
          + "46616c73652c20277368617065273a2028322c292c207d"
          + "20".repeat(60)
          + "0a"
          + "000000000000f03f"
          + "00000000000004c0";

  @Test
  void a_vector_has_the_bytes_that_numpy_writes() {
    assertThat(HexFormat.of().formatHex(NpyFile.doubles(new double[] {1, -2.5}, 2))).isEqualTo(TWO);
  }

  @Test
  void a_shape_that_does_not_fit_is_refused() {
    assertThatThrownBy(() -> NpyFile.doubles(SIX, 2, 2)).hasMessage("expected 4 entries, found 6");
  }

  @Test
  void the_same_arrays_make_the_same_archive_and_each_is_found_by_its_name() throws Exception {
    byte[] once = NpzFile.of(arrays());
    assertThat(NpzFile.of(arrays())).isEqualTo(once);
    Map<String, byte[]> found = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(once))) {
      for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
        found.put(e.getName(), zip.readAllBytes());
      }
    }
    assertThat(found.keySet()).containsExactly("y.npy", "version.npy", "names.npy");
    assertThat(found.get("y.npy")).isEqualTo(NpyFile.doubles(SIX, 2, 3));
  }

  @Test
  void numpy_reads_every_bit(@TempDir Path folder) throws Exception {
    Path python = Path.of("/usr/bin/python3");
    boolean numpy = Files.isExecutable(python) && run(python, "-c", "import numpy").isEmpty();
    if (!numpy) {
      System.out.println("[skipped] NumpyFilesTest: no numpy for " + python);
    }
    assumeThat(numpy).as("numpy for " + python).isTrue();
    Path npz = Files.write(folder.resolve("a.npz"), NpzFile.of(arrays()));
    String said =
        run(
            python,
            "-c",
            "import numpy, sys; z = numpy.load(sys.argv[1]); y = z['y'];"
                + " print(y.dtype, y.shape, [float(v).hex() for v in y.flat], z['version'].item(),"
                + " z['names'].tolist())",
            npz.toString());
    assertThat(said.strip())
        .isEqualTo(
            "float64 (2, 3) ['0x1.0000000000000p+0', '-0x1.4000000000000p+1',"
                + " '0x1.5555555555555p-2', '0x0.0000000000001p-1022', '-0x0.0p+0',"
                + " '0x1.7e43c8800759cp+996'] 482 ['l2.0', 'größe']");
  }

  private static Map<String, byte[]> arrays() {
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    arrays.put("y", NpyFile.doubles(SIX, 2, 3));
    arrays.put("version", NpyFile.longs(new long[] {482}));
    arrays.put("names", NpyFile.texts("l2.0", "größe"));
    return arrays;
  }

  private static String run(Path program, String... args) throws Exception {
    List<String> line = new java.util.ArrayList<>(List.of(program.toString()));
    line.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("PYTHONIOENCODING", "utf-8");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return said;
  }
}
