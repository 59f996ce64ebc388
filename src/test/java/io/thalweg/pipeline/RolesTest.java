package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.sample.Level;
import io.thalweg.stream.Lane;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RolesTest {
  private static final Lane LANE = new Lane("events", 3);

  @ParameterizedTest(name = "share {0}")
  @ValueSource(doubles = {0.01, 0.1, 0.5})
  void the_hash_holds_out_the_share_asked_for(double share) {
    Roles roles = new Roles(new Roles.Split.Hash(share));
    int byAddress = 0;
    int byId = 0;
    int n = 200_000;
    for (int i = 0; i < n; i++) {
      byAddress += roles.byHash(false, 0, LANE, i, 0) == Level.UPPER ? 1 : 0;
      byId += roles.byHash(true, i, LANE, 0, 0) == Level.UPPER ? 1 : 0;
    }
    double tolerance = 5 * Math.sqrt(share * (1 - share) / n);
    assertThat(byAddress / (double) n).isCloseTo(share, Offset.offset(tolerance));
    assertThat(byId / (double) n).isCloseTo(share, Offset.offset(tolerance));
  }

  @Test
  void an_id_decides_wherever_the_record_lies() {
    Roles roles = new Roles(new Roles.Split.Hash(0.5));
    for (long id = 0; id < 100; id++) {
      Level first = roles.byHash(true, id, LANE, 1, 0);
      assertThat(roles.byHash(true, id, new Lane("other", 0), 99, 7)).isEqualTo(first);
    }
  }

  @Test
  void records_of_one_topic_differ_by_partition_offset_and_index() {
    Roles roles = new Roles(new Roles.Split.Hash(0.5));
    int differing = 0;
    for (int i = 0; i < 1000; i++) {
      Level base = roles.byHash(false, 0, LANE, i, 0);
      differing += roles.byHash(false, 0, new Lane("events", 4), i, 0) != base ? 1 : 0;
      differing += roles.byHash(false, 0, LANE, i, 1) != base ? 1 : 0;
    }
    assertThat(differing).isBetween(850, 1150);
  }

  @Test
  void the_assignment_never_changes_between_versions() {
    Roles roles = new Roles(new Roles.Split.Hash(0.25));
    StringBuilder assigned = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      assigned.append(roles.byHash(false, 0, LANE, i, 0) == Level.UPPER ? 'u' : '.');
    }
    assertThat(assigned.toString()).isEqualTo("u.u...u........uu....u...u.........u..uu");
  }

  @Test
  void a_share_outside_the_open_unit_interval_is_refused() {
    assertThatThrownBy(() -> new Roles.Split.Hash(1))
        .hasMessage("samples.split.upper must be in (0, 1), but was 1.0");
  }

  @Test
  void only_train_and_validation_are_roles() {
    assertThat(Roles.named("train")).isEqualTo(Level.LOWER);
    assertThat(Roles.named("validation")).isEqualTo(Level.UPPER);
    assertThat(Roles.named("test")).isNull();
  }
}
