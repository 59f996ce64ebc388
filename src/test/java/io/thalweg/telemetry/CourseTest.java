package io.thalweg.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CourseTest {
  private final Course course = new Course();
  private long version;

  /** The next snapshot is taken at this time. */
  private void takes(long millis, Event... events) {
    version++;
    course.add(
        Point.of(
            version, 1, version, millis, 0, "5ha", Map.of(), Map.of("l2", 1.0), List.of(events)));
  }

  private static Event event(String kind) {
    return new Event(7, kind, kind, Map.of());
  }

  private List<Point> points() {
    List<Point> points = new ArrayList<>();
    course.read(0, points::add);
    return points;
  }

  @Test
  void hundreds_of_snapshots_a_second_are_four_points_a_second() {
    for (int millis = 0; millis <= 10_000; millis += 2) {
      takes(millis);
    }
    assertThat(points()).hasSize(41);
    assertThat(points())
        .extracting(Point::timeMillis)
        .containsSequence(0L, 250L, 500L)
        .endsWith(10_000L);
  }

  @Test
  void a_job_at_its_usual_pace_has_a_point_for_every_snapshot() {
    for (int millis = 0; millis <= 10_000; millis += 500) {
      takes(millis);
    }
    assertThat(points()).extracting(Point::version).hasSize(21).startsWith(1L, 2L, 3L);
  }

  @Test
  void the_newest_is_a_point_once_no_other_comes() {
    takes(0);
    takes(10);
    takes(20);
    assertThat(course.newest()).isNotNull();
    assertThat(course.newest().version()).as("it waits, and is known").isEqualTo(3);
    course.settle();
    assertThat(points()).extracting(Point::version).containsExactly(1L);
    takes(30);
    course.settle();
    assertThat(points()).as("another one came").extracting(Point::version).containsExactly(1L);
    course.settle();
    course.settle();
    assertThat(points()).extracting(Point::version).containsExactly(1L, 4L);
    assertThat(course.end()).isEqualTo(2);
  }

  @Test
  void what_happened_at_one_that_is_left_out_is_told_by_the_next() {
    takes(0);
    takes(10, event("drift"));
    takes(20);
    takes(30, event("rolled-back"));
    takes(260, event("drift-again"));
    Point told = points().get(1);
    assertThat(told.version()).isEqualTo(5);
    assertThat(told.events())
        .extracting(Event::kind)
        .containsExactly("drift", "rolled-back", "drift-again");
  }

  @Test
  void the_newest_of_very_many_events_are_told() {
    takes(0);
    for (int i = 0; i < 3 * Course.MOST_EVENTS; i++) {
      takes(1, event("drift-" + i));
    }
    takes(300);
    assertThat(points().get(1).events())
        .hasSize(Course.MOST_EVENTS)
        .extracting(Event::kind)
        .endsWith("drift-" + (3 * Course.MOST_EVENTS - 1));
  }

  @Test
  void a_long_course_stays_in_view_from_its_first_snapshot_and_with_all_that_happened() {
    takes(0);
    takes(1_000, event("drift"));
    for (int i = 2; i < 10 * Course.MOST; i++) {
      takes(1_000L * i);
    }
    List<Point> points = points();
    assertThat(points.size()).isBetween(Course.MOST / 2, Course.MOST);
    assertThat(points.get(0).version()).isEqualTo(1);
    assertThat(points.get(points.size() - 1).version()).isEqualTo(version);
    assertThat(points).extracting(Point::version).isSorted().doesNotHaveDuplicates();
    assertThat(points.stream().flatMap(p -> p.events().stream()).map(Event::kind))
        .containsExactly("drift");
  }

  @Test
  void a_reader_goes_on_at_its_number_however_much_was_thinned_out() {
    for (int i = 0; i < 1_500; i++) {
      takes(1_000L * i);
    }
    long reached = course.read(0, point -> point.version() < 700);
    assertThat(reached).isEqualTo(700);
    for (int i = 1_500; i < 2_500; i++) {
      takes(1_000L * i);
    }
    List<Long> rest = new ArrayList<>();
    assertThat(course.read(reached, point -> rest.add(point.version()))).isEqualTo(2_500);
    assertThat(rest.get(0)).isBetween(701L, 702L);
    assertThat(rest).isSorted().doesNotHaveDuplicates().endsWith(2_500L);
  }

  @Test
  void who_comes_back_goes_on_after_the_version_it_has_seen() {
    takes(0);
    takes(10);
    takes(300);
    takes(600);
    assertThat(course.after(1)).isEqualTo(1);
    assertThat(course.after(2)).as("between two points").isEqualTo(1);
    assertThat(course.after(3)).isEqualTo(2);
    assertThat(course.after(4)).isEqualTo(3);
    assertThat(course.after(99)).as("of another log").isZero();
  }
}
