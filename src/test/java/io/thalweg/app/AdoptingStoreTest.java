package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Positions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class AdoptingStoreTest {
  private static Checkpoint made(String by) {
    return new Checkpoint(
        by,
        3,
        17,
        "ab",
        Positions.at(List.of(), List.of()),
        Map.of("t", "id"),
        List.of(),
        List.of());
  }

  @Test
  void a_checkpoint_of_another_configuration_becomes_ours_and_keeps_everything_else() {
    Checkpoint adopted = new AdoptingStore(() -> Mono.just(made("old")), "new").latest().block();
    assertThat(adopted).isEqualTo(made("new"));
  }

  @Test
  void a_checkpoint_of_ours_is_handed_on_as_it_is() {
    Checkpoint own = made("new");
    assertThat(new AdoptingStore(() -> Mono.just(own), "new").latest().block()).isSameAs(own);
  }

  @Test
  void no_checkpoint_stays_none() {
    assertThat(new AdoptingStore(Mono::empty, "new").latest().blockOptional()).isEmpty();
  }
}
