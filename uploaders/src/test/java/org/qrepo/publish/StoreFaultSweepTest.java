package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.ground.Extent;
import org.qrepo.store.ground.Ground;
import org.qrepo.store.ground.Grounds;

/**
 * Calls of each intent to stores on real servers fail, as many as {@link Extent} says. What is left
 * is held to the same as in a local repository.
 */
@Execution(ExecutionMode.CONCURRENT)
class StoreFaultSweepTest {
  private static final Extent EXTENT = Extent.chosen();

  static Stream<Arguments> sweeps() {
    return Grounds.chosen()
        .filter(kind -> kind != Grounds.LOCAL)
        .flatMap(
            kind ->
                Stream.of(Work.values())
                    .flatMap(
                        work -> modes(kind, work).map(mode -> Arguments.of(kind, work, mode))));
  }

  /** A publish fails in each way; of other work each store sees one, and the next store another. */
  private static Stream<FaultyStore.Mode> modes(Grounds kind, Work work) {
    FaultyStore.Mode[] all = FaultyStore.Mode.values();
    return EXTENT != Extent.FEW || work == Work.PUBLISH
        ? Stream.of(all)
        : Stream.of(all[Math.floorMod((kind.name() + work).hashCode(), all.length)]);
  }

  @ParameterizedTest(name = "{0}, {1}, call fails {2}")
  @MethodSource("sweeps")
  void callsFailInTurn(Grounds kind, Work work, FaultyStore.Mode mode) throws IOException {
    Ground ground = kind.get();
    // Sampled: each layout with some of the work.
    for (String name : EXTENT == Extent.FEW ? one(kind, work) : kind.layouts()) {
      Layout layout = Layout.valueOf(name.toUpperCase(Locale.ROOT));
      Path directory = ground.folder("sweep-" + work + mode + name);
      FaultSweep sweep = new FaultSweep(work, layout, ground::open, true, directory);

      FaultSweep.Tally tally =
          switch (EXTENT) {
            case FEW -> sweep.overSome(mode, 1);
            case MANY -> sweep.overSome(mode, 6);
            case ALL -> sweep.overAll(mode);
          };

      FaultSweep.expect(kind + ", " + name + ", call fails " + mode, tally, work, layout);
      assertThat(tally.calls()).as("calls").isGreaterThan(15);
    }
  }

  private static Iterable<String> one(Grounds kind, Work work) {
    int which = Math.floorMod(work.name().hashCode(), kind.layouts().size());
    return kind.layouts().subList(which, which + 1);
  }
}
