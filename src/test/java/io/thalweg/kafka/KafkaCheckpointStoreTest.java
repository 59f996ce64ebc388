package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.kafka.KafkaFailure.Category;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class KafkaCheckpointStoreTest {
  @Test
  void whether_a_job_has_run_before_is_never_guessed() {
    assertFails(new TimeoutException("slow"), Category.RESTARTABLE);
    assertFails(new GroupAuthorizationException("job"), Category.UNAUTHORISED);
  }

  @Test
  void a_group_nobody_knows_has_no_offsets() {
    assertThat(
            KafkaCheckpointStore.committed(
                "job", CompletableFuture.failedFuture(new GroupIdNotFoundException("job"))))
        .isEmpty();
    assertThat(KafkaCheckpointStore.committed("job", CompletableFuture.completedFuture(Map.of())))
        .isEmpty();
  }

  private static void assertFails(RuntimeException answer, Category category) {
    assertThatThrownBy(
            () -> KafkaCheckpointStore.committed("job", CompletableFuture.failedFuture(answer)))
        .isInstanceOfSatisfying(
            KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(category))
        .hasMessageContaining("whether job job has run before");
  }
}
