package org.qrepo.cli.rpm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.TargetStores;
import org.qrepo.io.Digests;
import org.qrepo.parcel.Manifest;
import org.qrepo.parcel.ParcelDirectory;
import org.qrepo.parcel.ParcelPath;
import org.qrepo.parcel.ParcelTemplates;
import org.qrepo.publish.Events;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.SeenDirectory;
import org.qrepo.publish.SeenGenerations;
import org.qrepo.publish.Store;
import org.qrepo.rpm.TemplateLint;

/** The template RPMs of a parcel, on their way to where they are served. */
public final class TemplateReception {
  private final Session session;
  private final OpenTarget target;
  private final String called;
  private final ParcelDirectory parcel;
  private final boolean wished;

  /**
   * @param called what the user calls the target
   * @param without whether templates are left where they are
   */
  public TemplateReception(
      Session session, OpenTarget target, String called, ParcelDirectory parcel, boolean without) {
    this.session = session;
    this.target = target;
    this.called = called;
    this.parcel = parcel;
    this.wished = !without && !files(parcel.manifest()).isEmpty();
  }

  private static List<Manifest.Item> files(Manifest manifest) {
    List<Manifest.Item> files = new ArrayList<>(manifest.files(ParcelPath.Kind.TEMPLATE));
    files.addAll(manifest.files(ParcelPath.Kind.METADATA));
    return files;
  }

  /**
   * Looks at them before anything is published.
   *
   * @throws UsageException if the target has no place for them
   * @throws RefusedException if one is not signed by a key that counts, or dom0 would not take it;
   *     or if newer ones were received before
   */
  public void check() throws IOException {
    if (!wished) {
      return;
    }
    Location place = place();
    refuseOlder(place);
    List<Finding> refusals = new ArrayList<>();
    for (Manifest.Item item : parcel.manifest().files(ParcelPath.Kind.TEMPLATE)) {
      refusals.addAll(findings(parcel.file(item.path())));
    }
    if (!refusals.isEmpty()) {
      throw new RefusedException(refusals);
    }
  }

  private List<Finding> findings(Path file) throws IOException {
    try {
      OpenedRpm rpm = OpenedRpm.read(session, file, target.verifier(), false, false);
      List<Finding> findings = new ArrayList<>(rpm.report().findings());
      findings.addAll(TemplateLint.of(rpm.name(), rpm.file().header(), List.of()));
      return findings;
    } catch (RefusedException e) {
      return e.findings();
    }
  }

  private Location place() {
    return target
        .configured()
        .templates()
        .orElseThrow(
            () ->
                new UsageException(
                    "the parcel brings templates, and target " + called + " has no place for them",
                    "Set targets.NAME.templates in qrepo.yml to a directory or URL,",
                    "or leave them out: --without-templates."));
  }

  /** The metadata of templates has no chain: the time in the signed manifest stands for it. */
  private void refuseOlder(Location place) throws IOException {
    Optional<SeenGenerations.Seen> last = seen().highest(repository(), place.display());
    long time = parcel.manifest().time().getEpochSecond();
    if (last.isPresent() && time < last.get().sequence()) {
      throw new RefusedException(
          Finding.of(
              "parcel-older",
              parcel.manifest().parcel().value(),
              "templates of a newer parcel were received before",
              "Its metadata would take them back. Remove the parcel, or hand it over again."));
    }
  }

  private SeenDirectory seen() {
    return new SeenDirectory(session.stateDirectory().resolve("received"));
  }

  private RepositoryName repository() {
    return target.spec().name();
  }

  /**
   * Brings them there.
   *
   * @return how many files were written or changed
   */
  public int deliver(Events events) throws IOException {
    if (!wished) {
      return 0;
    }
    Location place = place();
    int written;
    try (Store store = new TargetStores(session).open(target.configured(), place)) {
      written = ParcelTemplates.deliver(parcel, store, events);
    }
    seen()
        .record(
            repository(),
            place.display(),
            new SeenGenerations.Seen(
                parcel.manifest().time().getEpochSecond(),
                GenerationId.of(Digests.of(parcel.signed().bytes(), List.of()).sha256())));
    return written;
  }

  /** The fields that tell of them. */
  public void write(JsonObject json, int written) throws IOException {
    if (wished) {
      json.field("templates-location", place().display())
          .strings(
              "templates",
              parcel.manifest().files(ParcelPath.Kind.TEMPLATE).stream()
                  .map(item -> item.path().key().value())
                  .toList())
          .field("templates-written", written);
    }
  }
}
