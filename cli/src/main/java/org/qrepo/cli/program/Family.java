package org.qrepo.cli.program;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Processes that belong to one run: a program, what it started, and what those started, also where
 * parents have ended before their children. They stay in the session of the terminal, so that
 * Ctrl-C reaches those too that run as root, and sudo can ask; others are found by their parents as
 * long as these live, and by the mark of the run.
 */
final class Family {
  /**
   * How long the roots may take to tidy up after an interrupt as from a keyboard; all of this must
   * fit into the time that an interruption of qrepo leaves.
   */
  private static final Duration INTERRUPTED = Duration.ofSeconds(3);

  private static final Duration ASKED = Duration.ofMillis(1500);
  private static final Duration INSISTED = Duration.ofSeconds(1);
  private static final Duration TOLD = Duration.ofSeconds(1);

  private final Collection<ProcessHandle> roots;
  private final String mark;
  private Set<ProcessHandle> known = new HashSet<>();

  /**
   * @param roots what was started
   * @param mark by which what they started is known
   */
  Family(Collection<ProcessHandle> roots, String mark) {
    this.roots = List.copyOf(roots);
    this.mark = mark;
  }

  /** Remembers who lives now, so that they are known when their parents are gone. */
  void look() {
    Set<ProcessHandle> living = new HashSet<>();
    Stream.concat(roots.stream(), known.stream())
        .filter(ProcessHandle::isAlive)
        .forEach(
            process -> {
              living.add(process);
              process.descendants().forEach(living::add);
            });
    known = living;
  }

  private List<ProcessHandle> living(Predicate<ProcessHandle> which) {
    look();
    known.addAll(Marked.processes(mark));
    known.remove(ProcessHandle.current());
    return known.stream().filter(ProcessHandle::isAlive).filter(which).toList();
  }

  /**
   * Ends them: first as Ctrl-C does, so that programs can stop what is not their child, containers
   * for example; then asks; then insists. That this thread is interrupted shortens nothing, and is
   * still so afterwards.
   *
   * @return how many there were
   */
  int end() {
    boolean interrupted = Thread.interrupted();
    List<ProcessHandle> first = living(process -> true);
    if (roots.stream().anyMatch(ProcessHandle::isAlive)) {
      kill(List.of("kill"), first, "INT");
      interrupted |= await(() -> roots.stream().anyMatch(ProcessHandle::isAlive), INTERRUPTED);
    }
    end(process -> true);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return first.size();
  }

  /** Asks all of them to end, then insists. */
  int endAtOnce() {
    return end(process -> true);
  }

  /** Ends those that were forgotten in the background, and leaves daemons alone. */
  int endForgotten() {
    return end(process -> Sessions.isShared(process, ProcessHandle.current()));
  }

  private int end(Predicate<ProcessHandle> which) {
    List<ProcessHandle> asked = living(which);
    if (asked.isEmpty()) {
      return 0;
    }
    boolean interrupted = Thread.interrupted();
    signal(asked, "TERM");
    interrupted |= await(() -> !living(which).isEmpty(), ASKED);
    List<ProcessHandle> stubborn = living(which);
    if (!stubborn.isEmpty()) {
      signal(stubborn, "KILL");
      interrupted |= await(() -> !living(which).isEmpty(), INSISTED);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return asked.size();
  }

  private static void signal(List<ProcessHandle> processes, String signal) {
    boolean insist = signal.equals("KILL");
    List<ProcessHandle> foreign = new ArrayList<>();
    for (ProcessHandle process : processes) {
      boolean sent = insist ? process.destroyForcibly() : process.destroy();
      if (!sent && process.isAlive()) {
        foreign.add(process);
      }
    }
    // Builders do much through sudo; so can whoever stops them.
    kill(List.of("sudo", "-n", "kill"), foreign, signal);
  }

  private static void kill(List<String> kill, List<ProcessHandle> processes, String signal) {
    if (processes.isEmpty()) {
      return;
    }
    List<String> words = new ArrayList<>(kill);
    words.addAll(List.of("-s", signal, "--"));
    processes.forEach(process -> words.add(Long.toString(process.pid())));
    try {
      Process told =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      told.waitFor(TOLD.toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException e) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits while something is so.
   *
   * @return whether this thread was interrupted meanwhile
   */
  private static boolean await(BooleanSupplier condition, Duration time) {
    boolean interrupted = Thread.interrupted();
    long end = System.nanoTime() + time.toNanos();
    while (condition.getAsBoolean() && System.nanoTime() < end) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
