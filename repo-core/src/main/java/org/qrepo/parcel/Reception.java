package org.qrepo.parcel;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.publish.ConflictException;
import org.qrepo.publish.Events;
import org.qrepo.publish.Layout;
import org.qrepo.publish.Mirror;
import org.qrepo.publish.MirrorReport;
import org.qrepo.publish.Part;
import org.qrepo.publish.Plan;
import org.qrepo.publish.PublicSite;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.RepositorySpec;
import org.qrepo.publish.SeenGenerations;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Verifier;

/**
 * Publishes what a parcel brings, in the order of a mirror and without a key. The destination must
 * be where the parcel begins, or between there and its end.
 */
public final class Reception {
  private final Mirror.End destination;
  private final String called;
  private final Verifier verifier;
  private final Optional<PublicSite> site;
  private final SeenGenerations seen;
  private final Events events;
  private final Mirror.Settings settings;

  /**
   * @param called what the user calls the destination, for commands to paste
   * @param site where strangers fetch from the destination; empty: nobody checks
   */
  public Reception(
      Mirror.End destination,
      String called,
      Verifier verifier,
      Optional<PublicSite> site,
      SeenGenerations seen,
      Events events,
      Mirror.Settings settings) {
    this.destination = destination;
    this.called = called;
    this.verifier = verifier;
    this.site = site;
    this.seen = seen;
    this.events = events;
    this.settings = settings;
  }

  /**
   * Publishes a parcel's generation; running it again after a failure completes the work.
   *
   * @throws ConflictException if it does not follow upon what is published, with what to run where
   * @throws RefusedException if it is older than what is published, or does not verify
   */
  public MirrorReport receive(ParcelDirectory parcel) throws IOException {
    Manifest manifest = parcel.manifest();
    RepositorySpec there = destination.spec();
    RepositorySpec here =
        new RepositorySpec(
            there.name(),
            there.architecture(),
            Layout.PLAIN,
            there.compression(),
            there.desc(),
            false);
    ParcelStore source = new ParcelStore(parcel, destination.store());
    Mirror mirror =
        new Mirror(
            new Mirror.End(here, source),
            destination,
            verifier,
            site,
            new ForgetfulOf(source.location(), seen),
            events,
            settings,
            (live, oldest, now, descends) -> require(manifest, now, descends));
    try {
      return mirror.mirror();
    } catch (RefusedException e) {
      throw new RefusedException(e.findings().stream().map(f -> explained(f, manifest)).toList());
    }
  }

  private Finding explained(Finding finding, Manifest manifest) {
    return finding.id().equals("package-missing")
        ? finding.and(
            "The parcel counts on it to be at " + destination.store().location() + ".",
            "In the build qube: " + handover(manifest, "--all"))
        : finding;
  }

  private void require(Manifest manifest, Optional<Plan.Base> there, boolean descends)
      throws IOException {
    if (descends) {
      return;
    }
    if (there.isEmpty()) {
      requireNoBase(manifest);
    } else if (isPast(manifest, there.get())) {
      throw older(manifest, there.get());
    } else if (manifest.base().filter(b -> there.get().sequence() < b.sequence()).isPresent()) {
      throw lost(manifest, there.get());
    } else {
      throw forked(manifest, there.get());
    }
  }

  private void requireNoBase(Manifest manifest) {
    if (manifest.base().isPresent()) {
      throw conflict(
          "nothing is published at "
              + destination.store().location()
              + ", and the parcel brings only what is new",
          "parcel     " + span(manifest),
          "In the build qube: " + handover(manifest, "--all"));
    }
  }

  /** Whether the parcel's generation was published here, and others after it. */
  private boolean isPast(Manifest manifest, Plan.Base there) throws IOException {
    StoreKey key =
        new StoreKey("generations")
            .child(manifest.head().generation().value())
            .child(Part.DATABASE_SIGNATURE.fileName(manifest.repository()));
    return there.sequence() > manifest.head().sequence()
        && destination.store().stat(key).isPresent();
  }

  private RefusedException older(Manifest manifest, Plan.Base there) {
    return new RefusedException(
        Finding.of(
            "parcel-older",
            manifest.parcel().value(),
            "what is published is newer than what the parcel brings",
            "published  " + named(there) + " at " + destination.store().location(),
            "parcel     " + span(manifest),
            "There is nothing to receive: remove the parcel."));
  }

  private ConflictException lost(Manifest manifest, Plan.Base there) {
    return conflict(
        "a parcel before this one is missing",
        "published  " + named(there) + " at " + destination.store().location(),
        "parcel     " + span(manifest),
        "Receive the other one first. If it is lost, in the build qube:",
        "    " + handover(manifest, "--since " + there.generation()),
        "and receive what that sends in place of this one.");
  }

  private ConflictException forked(Manifest manifest, Plan.Base there) {
    String copy = "qrepo-" + manifest.repository();
    return conflict(
        "what is published and what the parcel brings do not follow upon each other",
        "published  " + named(there) + " at " + destination.store().location(),
        "parcel     " + span(manifest),
        "Another build qube published upon the same generation. Bring what it published into the",
        "build qube of this parcel, publish there again, and hand over:",
        "    here:        qrepo mirror "
            + called
            + " ~/"
            + copy
            + " --layout plain && qvm-copy ~/"
            + copy,
        "    over there:  qrepo mirror ~/QubesIncoming/THIS-QUBE/" + copy + " NEW-DIRECTORY",
        "                 qrepo publish PACKAGES --to NEW-DIRECTORY",
        "                 qrepo handover NEW-DIRECTORY --since " + there.generation());
  }

  private static ConflictException conflict(String... lines) {
    return new ConflictException(String.join("\n", List.of(lines)));
  }

  private static String handover(Manifest manifest, String flags) {
    return "qrepo handover " + manifest.target().map(t -> t + " ").orElse("") + flags;
  }

  private static String span(Manifest manifest) {
    return manifest.base().map(b -> "from " + named(b) + " to ").orElse("")
        + named(manifest.head());
  }

  private static String named(Plan.Base generation) {
    return "generation " + generation.generation() + " (seq " + generation.sequence() + ")";
  }

  /** A parcel comes once: what was seen there is of no use later. */
  private record ForgetfulOf(String parcel, SeenGenerations others) implements SeenGenerations {
    @Override
    public Optional<Seen> highest(RepositoryName repository, String location) throws IOException {
      return location.equals(parcel) ? Optional.empty() : others.highest(repository, location);
    }

    @Override
    public void record(RepositoryName repository, String location, Seen now) throws IOException {
      if (!location.equals(parcel)) {
        others.record(repository, location, now);
      }
    }

    @Override
    public void forget(RepositoryName repository, String location) throws IOException {
      others.forget(repository, location);
    }
  }
}
