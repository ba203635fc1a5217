package org.qrepo.publish;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.repodata.Repodata;
import org.qrepo.repodata.RpmEntry;
import org.qrepo.rpm.RpmHeader;
import org.qrepo.rpm.RpmHeaders;
import org.qrepo.rpm.RpmTag;
import org.qrepo.rpm.RpmVersion;
import org.qrepo.rpm.StreamedRpm;
import org.qrepo.rpm.TemplateLint;

/** Finds out what a change of templates does to what is there; writes nothing. */
final class TemplatePlanner {
  private static final String SUFFIX = ".noarch.rpm";

  private final Store store;
  private final TemplateReader reader;
  private final TemplateJudge judge;
  private final Instant now;
  private final List<TemplatePlan.Item> items = new ArrayList<>();
  private final List<RpmEntry> found = new ArrayList<>();
  private final List<TemplateDraft.Incoming> incoming = new ArrayList<>();
  private final List<Finding> refusals = new ArrayList<>();

  /**
   * @param now when what is found in the store counts as published
   */
  TemplatePlanner(Store store, TemplateReader reader, TemplateJudge judge, Instant now) {
    this.store = store;
    this.reader = reader;
    this.judge = judge;
    this.now = now;
  }

  /**
   * Plans.
   *
   * @throws RefusedException if the change, or what is there, is not fit
   */
  TemplateDraft plan(TemplateChange change) throws IOException {
    TemplateState state = change.options().init() ? reader.readAnew() : reader.read();
    refuseForeign(state, change);
    Optional<TemplateGeneration> live =
        state instanceof TemplateState.Live there
            ? Optional.of(there.generation())
            : Optional.empty();
    Repodata before = live.map(TemplateGeneration::packages).orElse(Repodata.EMPTY);
    Repodata base = change.rollback().isPresent() ? older(change, live) : before;
    if (live.isEmpty()) {
      findUnlisted(change);
      base = base.with(found);
    }
    for (TemplateInput input : change.templates()) {
      place(input, base, change);
    }
    Repodata kept = base.with(found).without(entry -> isRemoved(entry, change.removed()));
    requireFound(change.removed(), base);
    describe(before, kept);
    if (!refusals.isEmpty()) {
      throw new RefusedException(refusals);
    }
    TemplatePlan plan =
        new TemplatePlan(
            live.map(TemplateGeneration::id),
            live.map(TemplateGeneration::sequence).orElse(0L),
            items);
    return new TemplateDraft(state, plan.isDone() ? plan : next(plan), kept, incoming);
  }

  private static TemplatePlan next(TemplatePlan plan) {
    return new TemplatePlan(plan.base(), plan.sequence() + 1, plan.items());
  }

  private static void refuseForeign(TemplateState state, TemplateChange change) {
    if (state instanceof TemplateState.Foreign && !change.options().adopt()) {
      throw foreign();
    }
    if (state instanceof TemplateState.Live && change.options().adopt()) {
      throw new RefusedException(
          Finding.of(
              "repository-adopted",
              TemplateNames.INDEX.value(),
              "this metadata was made by qrepo already",
              "There is nothing to take over."));
    }
  }

  static RefusedException foreign() {
    return new RefusedException(
        Finding.of(
            "template-metadata-foreign",
            TemplateNames.INDEX.value(),
            "this metadata was made by another tool",
            "It has no lineage, so qrepo cannot tell whether it is the newest. Nothing was changed.",
            "qrepo templates adopt reads every package in rpm/ and takes the repository over."));
  }

  private Repodata older(TemplateChange change, Optional<TemplateGeneration> live)
      throws IOException {
    TemplateGeneration from = live.orElseThrow(TemplatePlanner::nothingThere);
    Optional<GenerationId> wanted = change.rollback().orElseThrow().to();
    Optional<GenerationId> to = wanted.or(() -> from.lineage().parent().map(GenerationId::of));
    Optional<TemplateGeneration> target =
        to.isPresent() ? reader.generation(to.get()) : Optional.empty();
    if (target.isEmpty()) {
      throw new RefusedException(
          Finding.of(
              "generation-missing",
              to.map(id -> TemplateNames.generation(id).value()).orElse("-"),
              to.isEmpty()
                  ? "there is no generation before the live one"
                  : "there is no such generation, or it does not verify",
              "qrepo templates log shows those that are there. Nothing was changed."));
    }
    Repodata packages = target.get().packages();
    for (RpmEntry entry : packages.entries()) {
      if (!isThere(entry)) {
        refusals.add(gone(entry));
      }
    }
    return packages;
  }

  private static RefusedException nothingThere() {
    return new RefusedException(
        Finding.of(
            "nothing-published",
            TemplateNames.INDEX.value(),
            "no templates are published here, so there is no way back"));
  }

  private boolean isThere(RpmEntry entry) throws StoreException {
    return store
        .stat(new StoreKey(entry.location()))
        .filter(object -> object.size() == entry.size())
        .isPresent();
  }

  private static Finding gone(RpmEntry entry) {
    return Finding.of(
        "template-lost",
        entry.location(),
        "the package is not in the store any more, or has another size",
        "It was " + entry.size() + " bytes, SHA-256 " + entry.digest() + ".");
  }

  /** Packages that are there before there is metadata of qrepo's. */
  private void findUnlisted(TemplateChange change) throws IOException {
    Set<StoreKey> incomingKeys = new HashSet<>();
    change.templates().forEach(input -> incomingKeys.add(key(input.header())));
    for (StoreKey key : store.list(Optional.of(TemplateNames.PACKAGES))) {
      if (key.name().endsWith(".rpm") && !incomingKeys.contains(key)) {
        find(key);
      }
    }
  }

  private void find(StoreKey key) throws IOException {
    try {
      StreamedRpm rpm = read(key);
      RpmHeader header = rpm.headers().header();
      List<Finding> bad = new ArrayList<>(judge.judge(key.value(), rpm.headers()));
      bad.addAll(TemplateLint.of(key.value(), header, List.of()));
      if (bad.isEmpty() && !key(header).equals(key)) {
        bad.add(misnamed(key, header));
      }
      refusals.addAll(bad);
      if (bad.isEmpty()) {
        found.add(entry(rpm, key));
      }
    } catch (RefusedException e) {
      refusals.addAll(e.findings());
    }
  }

  private static Finding misnamed(StoreKey key, RpmHeader header) {
    return Finding.of(
        "template-misnamed",
        key.value(),
        "the package in it is " + key(header).name(),
        "Give the file that name, or move it away. Nothing was changed.");
  }

  private StreamedRpm read(StoreKey key) throws IOException {
    try (Store.Opened opened = store.open(key)) {
      return StreamedRpm.read(key.value(), opened.stream(), opened.object().size());
    }
  }

  private RpmEntry entry(StreamedRpm rpm, StoreKey key) throws IOException {
    long size = store.stat(key).map(StoredObject::size).orElse(0L);
    return RpmEntry.of(rpm.headers(), size, rpm.digest(), now, key.value());
  }

  private void place(TemplateInput input, Repodata base, TemplateChange change) throws IOException {
    StoreKey key = key(input.header());
    Optional<RpmEntry> listed =
        base.entries().stream().filter(e -> e.location().equals(key.value())).findFirst();
    List<RpmVersion> others =
        listed.isPresent() || change.options().allowDowngrade()
            ? List.of()
            : base.entries().stream()
                .filter(e -> e.name().equals(text(input.header(), RpmTag.NAME)))
                .map(RpmEntry::version)
                .toList();
    List<Finding> bad = TemplateLint.of(input.name(), input.header(), others);
    refusals.addAll(bad);
    if (!bad.isEmpty()) {
      return;
    }
    if (store.stat(key).isEmpty()) {
      if (listed.isPresent()) {
        refusals.add(
            gone(listed.get()).and("Build it again: builders put the time into the release."));
      } else {
        incoming.add(new TemplateDraft.Incoming(input, key));
      }
    } else {
      compare(input, key, listed);
    }
  }

  /** The same package may be there with a signature of its own, made at another time. */
  private void compare(TemplateInput input, StoreKey key, Optional<RpmEntry> listed)
      throws IOException {
    RpmHeaders there;
    try (Store.Opened opened = store.open(key)) {
      there = RpmHeaders.read(key.value(), opened.stream(), opened.object().size());
    }
    if (!Arrays.equals(there.header().bytes(), input.header().bytes())) {
      refusals.add(otherBytes(key));
      return;
    }
    if (listed.isPresent()) {
      if (!isThere(listed.get())) {
        refusals.add(gone(listed.get()));
      }
      return;
    }
    List<Finding> bad = judge.judge(key.value(), there);
    refusals.addAll(bad);
    if (bad.isEmpty()) {
      found.add(entry(read(key), key));
    }
  }

  static Finding otherBytes(StoreKey key) {
    return Finding.of(
        "template-published",
        key.value(),
        "the published template of this name has other bytes",
        "dom0 takes a template anew only if its release is higher.",
        "Build it again: builders put the time into the release.");
  }

  /** As rpmbuild names it, whatever the file is called. */
  private static StoreKey key(RpmHeader header) {
    String name = text(header, RpmTag.NAME) + "-" + RpmVersion.of(header);
    return TemplateNames.PACKAGES.child(name.replaceAll("[^A-Za-z0-9._+~^-]", "_") + SUFFIX);
  }

  private static String text(RpmHeader header, int tag) {
    return header.text(tag).orElse("");
  }

  private static boolean isRemoved(RpmEntry entry, Set<String> names) {
    return names.contains(entry.name())
        || names.contains(entry.label())
        || names.contains(entry.name().replaceFirst("^" + TemplateLint.PREFIX, ""));
  }

  private void requireFound(Set<String> names, Repodata base) {
    for (String name : names) {
      if (base.entries().stream().noneMatch(entry -> isRemoved(entry, Set.of(name)))) {
        refusals.add(
            Finding.of(
                "template-unknown",
                name,
                "no such template is published",
                "Name it as qrepo templates list shows it: NAME, or NAME-VERSION-RELEASE."));
      }
    }
  }

  private void describe(Repodata before, Repodata kept) {
    Set<String> listed = new HashSet<>();
    before.entries().forEach(entry -> listed.add(entry.location()));
    Set<String> next = new HashSet<>();
    for (RpmEntry entry : kept.entries()) {
      next.add(entry.location());
      items.add(
          item(
              listed.contains(entry.location())
                  ? TemplatePlan.Kind.PUBLISHED
                  : TemplatePlan.Kind.FOUND,
              entry));
    }
    before.entries().stream()
        .filter(entry -> !next.contains(entry.location()))
        .forEach(entry -> items.add(item(TemplatePlan.Kind.REMOVED, entry)));
    for (TemplateDraft.Incoming one : incoming) {
      RpmHeader header = one.input().header();
      items.add(
          new TemplatePlan.Item(
              TemplatePlan.Kind.ADDED,
              text(header, RpmTag.NAME),
              RpmVersion.of(header),
              one.key().value(),
              one.input().size()));
    }
  }

  private static TemplatePlan.Item item(TemplatePlan.Kind kind, RpmEntry entry) {
    return new TemplatePlan.Item(
        kind, entry.name(), entry.version(), entry.location(), entry.size());
  }
}
