package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnTailTest {
  @Test
  void commits_that_follow_one_another_are_one_stretch() {
    OwnTail tail = OwnTail.NONE.plus(100, 103, 4, 1); // 104 is the marker
    assertThat(tail).isEqualTo(new OwnTail(100, 104));
    assertThat(tail.plus(105, 105, 1, 1)).isEqualTo(new OwnTail(100, 106));
  }

  @Test
  void without_transactions_nothing_is_between_them() {
    OwnTail tail = OwnTail.NONE.plus(100, 103, 4, 0);
    assertThat(tail.plus(104, 105, 2, 0)).isEqualTo(new OwnTail(100, 106));
    assertThat(tail.plus(105, 106, 2, 0)).isEqualTo(new OwnTail(105, 107));
  }

  @Test
  void a_record_of_another_between_two_commits_begins_a_new_stretch() {
    OwnTail tail = new OwnTail(100, 104);
    assertThat(tail.plus(106, 107, 2, 1)).isEqualTo(new OwnTail(106, 108));
  }

  @Test
  void a_record_of_another_within_a_commit_leaves_nothing_of_it() {
    OwnTail tail = new OwnTail(100, 104);
    OwnTail after = tail.plus(105, 108, 3, 1);
    assertThat(after).isEqualTo(new OwnTail(109, 109));
    assertThat(after.plus(110, 111, 2, 1)).isEqualTo(new OwnTail(109, 112));
  }
}
