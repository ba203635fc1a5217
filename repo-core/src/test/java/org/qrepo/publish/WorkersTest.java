package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkersTest {
  @Test
  void resultsHaveTheOrderOfTheItems() throws IOException {
    List<Integer> items = IntStream.range(0, 100).boxed().toList();
    try (Workers workers = new Workers(4)) {
      assertThat(workers.map(items, i -> i * 2)).isEqualTo(items.stream().map(i -> i * 2).toList());
    }
  }

  @Test
  void afterAFailureNothingIsBegunAndWhatHadBegunHasEnded() {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    AtomicInteger later = new AtomicInteger();
    try (Workers workers = new Workers(2)) {
      assertThatThrownBy(
              () ->
                  workers.map(
                      IntStream.range(0, 50).boxed().toList(),
                      i -> {
                        if (i == 0) {
                          await(begun);
                          throw new IOException("the first fails");
                        }
                        if (i == 1) {
                          begun.countDown();
                          pause(300);
                          ended.set(true);
                        } else {
                          later.incrementAndGet();
                        }
                        return i;
                      }))
          .isInstanceOf(IOException.class)
          .hasMessage("the first fails");
      assertThat(ended).as("the item that had begun has ended").isTrue();
      assertThat(later).as("items that were begun after the failure").hasValue(0);
    }
  }

  @Test
  void uncheckedFailuresArriveAsTheyAre() {
    try (Workers workers = new Workers(1)) {
      assertThatThrownBy(
              () ->
                  workers.map(
                      List.of(1),
                      i -> {
                        throw new IllegalArgumentException("odd");
                      }))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void anInterruptionEndsTheWorkBeforeTheWorkersAreClosed() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    AtomicBoolean endedAtClose = new AtomicBoolean();
    AtomicBoolean told = new AtomicBoolean();
    AtomicBoolean flag = new AtomicBoolean();
    Thread caller =
        new Thread(
            () -> {
              try (Workers workers = new Workers(1)) {
                workers.map(
                    List.of(1),
                    i -> {
                      begun.countDown();
                      try {
                        TimeUnit.MINUTES.sleep(1);
                      } catch (InterruptedException e) {
                        tidyUp();
                        ended.set(true);
                        throw new InterruptedIOException("interrupted");
                      }
                      return i;
                    });
              } catch (InterruptedIOException e) {
                told.set(true);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
              endedAtClose.set(ended.get());
              flag.set(Thread.currentThread().isInterrupted());
            });
    caller.start();
    begun.await();
    caller.interrupt();
    caller.join();

    assertThat(told).isTrue();
    assertThat(endedAtClose).isTrue();
    assertThat(flag).as("the caller still sees that it was interrupted").isTrue();
  }

  @Test
  void whoTidiesUpAfterAnInterruptionIsNotInterruptedAgainAndWaitedFor() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean tidied = new AtomicBoolean();
    AtomicBoolean tidiedWhenTold = new AtomicBoolean();
    Thread caller =
        new Thread(
            () -> {
              try (Workers workers = new Workers(1)) {
                try {
                  workers.map(
                      List.of(1),
                      i -> {
                        begun.countDown();
                        try {
                          pause(60_000);
                        } finally {
                          pause(200);
                          tidied.set(true);
                        }
                        return i;
                      });
                } catch (IOException e) {
                  // Here locks are let go of.
                  tidiedWhenTold.set(tidied.get());
                }
              }
            });
    caller.start();
    begun.await();
    caller.interrupt();
    caller.join();

    assertThat(tidiedWhenTold).isTrue();
  }

  /** Work that no interruption ends. */
  private static void tidyUp() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }
}
