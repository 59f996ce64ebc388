package io.thalweg.pipeline;

import io.thalweg.solver.Consumption;
import io.thalweg.stream.RecordBatch;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * Joins the feeds into steps with demand on either side: a feed is asked for its next records only
 * when its level has room and a step is asked for, and a step is handed on only when it was asked
 * for. What operators ask for goes before the next step; while they have paused the run no feed is
 * asked and no step handed on. No queue lies between; an operator of the library would either
 * buffer one level without bound or stop both together. While nothing arrives, a partial batch that
 * has lingered and a cut that is due are seen to by an alarm: a burst's last samples do not wait
 * for the next poll.
 */
final class StepFlux extends Flux<Draw> {
  /** Lest what is due and cannot be done makes the thread spin. */
  private static final long SOONEST_ALARM_NANOS = 1_000_000;

  private final List<Flux<RecordBatch>> feeds;
  private final Flux<ControlRead> control;
  private final StepAssembler assembler;
  private final Supplier<Consumption> need;
  private final LongSupplier cutDue;
  private final BooleanSupplier paused;
  private final Scheduler clock;

  /**
   * A flux for one subscriber.
   *
   * @param control what operators ask for
   * @param need what the next step takes
   * @param cutDue when a tick is wanted though no record comes, {@link Long#MAX_VALUE} for never
   * @param paused whether steps wait for an operator
   * @param clock tells the time and wakes; a scheduler of the thread that all signals come on
   */
  StepFlux(
      List<Flux<RecordBatch>> feeds,
      Flux<ControlRead> control,
      StepAssembler assembler,
      Supplier<Consumption> need,
      LongSupplier cutDue,
      BooleanSupplier paused,
      Scheduler clock) {
    this.feeds = feeds;
    this.control = control;
    this.paused = paused;
    this.assembler = assembler;
    this.need = need;
    this.cutDue = cutDue;
    this.clock = clock;
  }

  @Override
  public void subscribe(CoreSubscriber<? super Draw> actual) {
    Join join = new Join(actual);
    actual.onSubscribe(join);
    join.start();
  }

  /** The joint: all signals meet in {@link #drain()}, one thread at a time. */
  private final class Join implements Subscription {
    private final CoreSubscriber<? super Draw> actual;
    private final FeedArm[] arms;
    private final ControlArm asking = new ControlArm(this);
    private final AtomicLong requested = new AtomicLong();
    private final AtomicInteger work = new AtomicInteger();
    private volatile boolean cancelled;
    private volatile @Nullable Throwable error;
    private boolean finished;
    private boolean tickDue;
    private long alarmNanos = Long.MAX_VALUE;
    private Disposable alarm = Disposables.disposed();

    Join(CoreSubscriber<? super Draw> actual) {
      this.actual = actual;
      this.arms = new FeedArm[feeds.size()];
      for (int f = 0; f < arms.length; f++) {
        arms[f] = new FeedArm(this, f);
      }
    }

    void start() {
      control.subscribe(asking); // what was asked already goes before the first step
      for (int f = 0; f < arms.length; f++) {
        feeds.get(f).subscribe(arms[f]);
      }
      drain();
    }

    @Override
    public void request(long n) {
      if (Operators.validate(n)) {
        requested.accumulateAndGet(n, Operators::addCap);
        drain();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      alarm.dispose();
      cancelArms();
    }

    private void cancelArms() {
      asking.cancel();
      for (FeedArm arm : arms) {
        arm.cancel();
      }
    }

    void fail(Throwable failure) {
      error = failure;
      drain();
    }

    void drain() {
      if (work.getAndIncrement() != 0) {
        return;
      }
      int missed = 1;
      do {
        try {
          pass();
        } catch (VirtualMachineError fatal) {
          throw fatal; // an orderly end needs memory too: whoever runs the thread ends the process
        } catch (RuntimeException | Error failure) {
          finish(failure);
        }
        missed = work.addAndGet(-missed);
      } while (missed != 0);
    }

    private void pass() {
      while (!cancelled && !finished) {
        Throwable failure = error;
        if (failure != null) {
          finish(failure);
          return;
        }
        takeArrivals();
        if (requested.get() == 0) {
          return;
        }
        ControlRead asked = asking.take();
        if (asked != null) {
          asking.request();
          handOn(assembler.tick().with(asked));
          continue;
        }
        long now = clock.now(TimeUnit.NANOSECONDS);
        boolean waits = paused.getAsBoolean();
        Draw draw = waits ? null : assembler.next(now, need.get());
        if (draw == null && (waits || !askFeeds())) {
          if (!tickDue) {
            if (!waits && assembler.isExhausted(need.get())) {
              finish(null);
            } else {
              setAlarm(now, waits);
            }
            return;
          }
          tickDue = false;
          draw = assembler.tick();
        }
        if (draw != null) {
          handOn(draw);
        }
      }
    }

    private void handOn(Draw draw) {
      if (requested.get() != Long.MAX_VALUE) {
        requested.decrementAndGet();
      }
      actual.onNext(draw);
    }

    /** Wakes when the time alone makes something due; an alarm that is set earlier stays. */
    private void setAlarm(long now, boolean waits) {
      long lingered = waits ? Long.MAX_VALUE : assembler.lingeredNanos(now);
      long due = Math.min(lingered, cutDue.getAsLong());
      if (due == Long.MAX_VALUE || (alarmNanos <= due && alarmNanos > now)) {
        return;
      }
      alarm.dispose();
      alarmNanos = Math.max(due, now + SOONEST_ALARM_NANOS);
      alarm = clock.schedule(this::ring, alarmNanos - now, TimeUnit.NANOSECONDS);
    }

    private void ring() {
      alarmNanos = Long.MAX_VALUE;
      tickDue = true;
      drain();
    }

    private void takeArrivals() {
      for (FeedArm arm : arms) {
        RecordBatch records = arm.take();
        if (records != null) {
          arm.asked = false;
          assembler.offer(arm.feed, records);
          tickDue = true;
        }
        if (arm.done && arm.arrived == null && !arm.ended) {
          arm.ended = true;
          assembler.end(arm.feed);
          tickDue = true;
        }
      }
    }

    /** Asks every feed that is used up and wanted; true when one of them answered at once. */
    private boolean askFeeds() {
      boolean answered = false;
      for (FeedArm arm : arms) {
        if (!arm.asked && !arm.done && assembler.wants(arm.feed)) {
          arm.ask();
        }
        answered |= arm.arrived != null || (arm.done && !arm.ended);
      }
      return answered;
    }

    private void finish(@Nullable Throwable failure) {
      if (finished) {
        return;
      }
      finished = true;
      alarm.dispose();
      cancelArms();
      if (failure == null) {
        actual.onComplete();
      } else {
        actual.onError(failure);
      }
    }
  }

  /** The subscriber of one upstream: holds what has arrived until it is taken. */
  private abstract static class Arm<T> implements CoreSubscriber<T> {
    final Join join;
    volatile boolean done;
    volatile @Nullable T arrived;
    private @Nullable Subscription upstream;
    private volatile boolean stopped;

    Arm(Join join) {
      this.join = join;
    }

    /** What has arrived, once; null when nothing has. */
    final @Nullable T take() {
      T taken = arrived;
      arrived = null;
      return taken;
    }

    /** Asks for one more; false where there is nobody to ask yet. */
    final boolean request() {
      Subscription s = upstream;
      if (s != null) {
        s.request(1);
      }
      return s != null;
    }

    final void cancel() {
      stopped = true;
      Subscription s = upstream;
      if (s != null) {
        s.cancel();
      }
    }

    @Override
    public Context currentContext() {
      return join.actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription s) {
      upstream = s;
      if (stopped) {
        s.cancel();
      }
    }

    @Override
    public final void onNext(T item) {
      arrived = item;
      join.drain();
    }

    @Override
    public final void onError(Throwable failure) {
      join.fail(failure);
    }

    @Override
    public final void onComplete() {
      done = true;
      join.drain();
    }
  }

  /** What operators ask for: one item is always asked for, and where it ends nobody asks more. */
  private static final class ControlArm extends Arm<ControlRead> {
    ControlArm(Join join) {
      super(join);
    }

    @Override
    public void onSubscribe(Subscription s) {
      super.onSubscribe(s);
      request();
    }
  }

  /** One feed: asked for one batch at a time, when it is wanted. */
  private static final class FeedArm extends Arm<RecordBatch> {
    private final int feed;
    private boolean asked;
    private boolean ended;

    FeedArm(Join join, int feed) {
      super(join);
      this.feed = feed;
    }

    void ask() {
      asked = request();
    }
  }
}
