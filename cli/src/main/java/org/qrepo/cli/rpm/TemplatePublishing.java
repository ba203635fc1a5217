package org.qrepo.cli.rpm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.JsonFields;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.PublishRun;
import org.qrepo.cli.repository.TargetStores;
import org.qrepo.io.Blob;
import org.qrepo.publish.Signer;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Verifier;
import org.qrepo.rpm.RpmFile;
import org.qrepo.rpm.RpmHeaders;
import org.qrepo.rpm.RpmTag;
import org.qrepo.rpm.RpmVersion;
import org.qrepo.rpm.SignatureBlock;
import org.qrepo.rpm.TemplateLint;
import org.qrepo.sign.rpm.RpmSigner;
import org.qrepo.sign.rpm.RpmVerifier;

/**
 * Puts template RPMs into the store of a target's templates before its packages are published: each
 * signed as it is sent, under a name whose bytes never change. The files given stay as they are.
 */
public final class TemplatePublishing implements PublishRun.Prelude {
  private static final StoreKey FOLDER = new StoreKey("rpm");

  private final Session session;
  private final List<Path> paths;
  private final boolean allowDowngrade;
  private final Map<Path, SignatureBlock> blocks = new HashMap<>();

  /**
   * @param paths template RPMs
   * @param allowDowngrade whether one may be older than what is published
   */
  public TemplatePublishing(Session session, List<Path> paths, boolean allowDowngrade) {
    this.session = session;
    this.paths = List.copyOf(paths);
    this.allowDowngrade = allowDowngrade;
  }

  /** A template and where it goes. */
  private record Placed(OpenedRpm rpm, StoreKey key, boolean there) {}

  /**
   * Refuses targets that have no place for templates.
   *
   * @throws UsageException with what to configure
   */
  public void requirePlace(String called, Config.Target target) {
    place(called, target);
  }

  private Optional<Location> place(String called, Config.Target target) {
    if (!paths.isEmpty() && target.templates().isEmpty()) {
      throw new UsageException(
          "target " + called + " has no place for templates",
          "Set targets.NAME.templates in qrepo.yml to a directory or URL, or leave the RPMs out.");
    }
    return target.templates();
  }

  @Override
  public JsonFields before(OpenTarget target, boolean onlyPlanned) throws IOException {
    Optional<Location> place = place(target.location(), target.configured());
    if (paths.isEmpty() || place.isEmpty()) {
      return JsonFields.NONE;
    }
    List<OpenedRpm> templates = read(target.verifier());
    try (Store store = new TargetStores(session).open(target.configured(), place.get())) {
      List<Placed> placed = place(templates, store, target.verifier());
      if (!onlyPlanned) {
        publish(placed, store, target);
      }
      report(placed, store.location(), onlyPlanned);
      return json(placed, store.location());
    }
  }

  /** All of them, before any is sent. */
  private List<OpenedRpm> read(Verifier verifier) throws IOException {
    List<OpenedRpm> templates = new ArrayList<>();
    List<Finding> refusals = new ArrayList<>();
    for (Path path : paths) {
      try {
        OpenedRpm one = OpenedRpm.read(session, path, verifier, false, false);
        refusals.addAll(TemplateLint.of(one.name(), one.file().header(), List.of()));
        if (one.report().signed()) {
          refusals.addAll(one.report().findings());
        }
        templates.add(one);
      } catch (RefusedException e) {
        refusals.addAll(e.findings());
      }
    }
    refuse(refusals);
    return templates;
  }

  private static void refuse(List<Finding> refusals) {
    if (!refusals.isEmpty()) {
      throw new RefusedException(refusals);
    }
  }

  private List<Placed> place(List<OpenedRpm> templates, Store store, Verifier verifier)
      throws IOException {
    List<StoreKey> names = store.list(Optional.of(FOLDER));
    List<Placed> placed = new ArrayList<>();
    List<Finding> refusals = new ArrayList<>();
    for (OpenedRpm one : templates) {
      StoreKey key = FOLDER.child(fileName(one.file()));
      Optional<StoredObject> there = store.stat(key);
      if (there.isPresent()) {
        refusals.addAll(differences(one, key, store, verifier));
      } else if (!allowDowngrade) {
        refusals.addAll(
            TemplateLint.of(one.name(), one.file().header(), published(one.file(), names)));
      }
      placed.add(new Placed(one, key, there.isPresent()));
    }
    refuse(refusals);
    return placed;
  }

  /** As rpmbuild names it, whatever the file is called here. */
  private static String fileName(RpmFile file) {
    return name(file) + "-" + RpmVersion.of(file.header()) + ".noarch.rpm";
  }

  private static String name(RpmFile file) {
    return file.header().text(RpmTag.NAME).orElseThrow();
  }

  private static List<RpmVersion> published(RpmFile file, List<StoreKey> names) {
    Pattern form = Pattern.compile(Pattern.quote(name(file)) + "-([^-]+-[^-]+)\\.noarch\\.rpm");
    return names.stream()
        .map(key -> form.matcher(key.name()))
        .filter(Matcher::matches)
        .map(matcher -> RpmVersion.parse(matcher.group(1)))
        .toList();
  }

  /** The same package may be there with a signature of its own, made at another time. */
  private static List<Finding> differences(
      OpenedRpm one, StoreKey key, Store store, Verifier verifier) throws IOException {
    try (Store.Opened opened = store.open(key)) {
      long size = opened.object().size();
      RpmHeaders theirs = RpmHeaders.read(key.value(), opened.stream(), size);
      RpmFile ours = one.file();
      boolean same =
          Arrays.equals(theirs.header().bytes(), ours.header().bytes())
              && size - theirs.contentOffset() == ours.size() - ours.contentOffset();
      return same
          ? new RpmVerifier(verifier).verify(key.value(), theirs).findings()
          : List.of(otherBytes(key));
    }
  }

  private static Finding otherBytes(StoreKey key) {
    return Finding.of(
        "template-published",
        key.value(),
        "the published template of this name has other bytes",
        "dom0 takes a template anew only if its release is higher.",
        "Build it again: builders put the time into the release.");
  }

  private void publish(List<Placed> placed, Store store, OpenTarget target) throws IOException {
    List<Placed> open = placed.stream().filter(p -> !p.there()).toList();
    for (Placed one : open) {
      Blob blob = block(one.rpm(), target).appliedTo(one.rpm().file());
      try {
        store.putOnce(one.key(), blob);
      } catch (StoreException e) {
        if (e.kind() == StoreException.Kind.CONFLICT) {
          throw new RefusedException(otherBytes(one.key()));
        }
        throw e;
      }
    }
  }

  /** Made once, so that all targets get the same bytes. */
  private SignatureBlock block(OpenedRpm one, OpenTarget target) {
    SignatureBlock known = blocks.get(one.file().path());
    if (known != null) {
      return known;
    }
    SignatureBlock block;
    if (one.good()) {
      block = SignatureBlock.of(one.file());
    } else {
      Signer signer = target.signer();
      session.console().stage("Signing " + one.name() + " with " + signer.description());
      block = RpmSigner.of(signer).block(one.file());
    }
    blocks.put(one.file().path(), block);
    return block;
  }

  private void report(List<Placed> placed, String location, boolean onlyPlanned) {
    String count = Figures.count(placed.size(), "template", "templates");
    session
        .console()
        .stage((onlyPlanned ? "Would publish " : "Published ") + count + " in " + location);
    for (Placed one : placed) {
      session
          .console()
          .detail(
              one.key()
                  + (one.there()
                      ? " (published already)"
                      : ", " + Figures.bytes(one.rpm().file().size())));
    }
    session
        .console()
        .note(
            "This version does not make the metadata that dnf reads: run createrepo_c there, or give out the files.");
  }

  private static JsonFields json(List<Placed> placed, String location) {
    return json ->
        json.field("templates-location", location)
            .objects(
                "templates",
                placed,
                (object, one) ->
                    object
                        .field("file", one.rpm().file().path().toString())
                        .field("key", one.key().value())
                        .field("new", !one.there()));
  }
}
