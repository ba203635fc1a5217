package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.store.FaultyStore;

/**
 * Every call of a publish, a removal and a rollback to its store fails in turn. Whatever is left is
 * the state before or after it, which clients accept, or a plain commit that was begun, which a
 * repair ends, and separately the next publish of somebody else; and the same work run again
 * completes it.
 */
@Execution(ExecutionMode.CONCURRENT)
class FaultSweepTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private final Map<Path, Supplier<Store>> stores = new ConcurrentHashMap<>();

  static Stream<Arguments> sweeps() {
    return Stream.of(Place.LOCAL_POINTER, Place.LOCAL_PLAIN, Place.CONDITIONAL)
        .flatMap(
            place ->
                Stream.of(Work.FIRST_PUBLISH, Work.PUBLISH, Work.REMOVE, Work.ROLLBACK)
                    .flatMap(
                        work ->
                            Stream.of(FaultyStore.Mode.values())
                                .map(mode -> Arguments.of(place, work, mode))));
  }

  @ParameterizedTest(name = "{0}, {1}, call fails {2}")
  @MethodSource("sweeps")
  void everyCallFailsInTurn(Place place, Work work, FaultyStore.Mode mode) throws IOException {
    FaultSweep sweep =
        new FaultSweep(
            work,
            place.layout,
            tree -> stores.computeIfAbsent(tree, place::open).get(),
            place == Place.LOCAL_PLAIN,
            directory);

    FaultSweep.Tally tally = sweep.overAll(mode);

    FaultSweep.expect(place + ", call fails " + mode, tally, work, place.layout);
    assertThat(tally.points()).as("calls").isGreaterThan(work == Work.FIRST_PUBLISH ? 20 : 30);
    if (place.layout == Layout.PLAIN && mode != FaultyStore.Mode.AFTER) {
      assertThat(tally.begun()).as("a plain commit is seen half done").isPositive();
    }
  }
}
