package org.qrepo.cli.rpm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.JsonFields;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.OpenTemplates;
import org.qrepo.cli.repository.PublishRun;
import org.qrepo.cli.repository.TemplateReceipts;
import org.qrepo.cli.repository.TemplateWords;
import org.qrepo.publish.Signer;
import org.qrepo.publish.TemplateChange;
import org.qrepo.publish.TemplateInput;
import org.qrepo.publish.TemplatePlan;
import org.qrepo.publish.TemplateReceipt;
import org.qrepo.publish.Verifier;
import org.qrepo.rpm.RpmTag;
import org.qrepo.rpm.RpmVersion;
import org.qrepo.rpm.SignatureBlock;
import org.qrepo.sign.rpm.RpmSigner;

/**
 * Publishes template RPMs at a target's place for templates before its packages are published: each
 * signed as it is sent, under a name whose bytes never change, and listed in the metadata that dnf
 * reads. The files given stay as they are.
 */
public final class TemplatePublishing implements PublishRun.Prelude {
  private final Session session;
  private final List<Path> paths;
  private final TemplateChange.Options options;
  private final boolean wherePlaced;
  private final Map<Path, SignatureBlock> blocks = new HashMap<>();

  /**
   * @param paths template RPMs
   * @param options what is allowed besides
   */
  public TemplatePublishing(Session session, List<Path> paths, TemplateChange.Options options) {
    this(session, paths, options, false);
  }

  private TemplatePublishing(
      Session session, List<Path> paths, TemplateChange.Options options, boolean wherePlaced) {
    this.wherePlaced = wherePlaced;
    this.session = session;
    this.paths = List.copyOf(paths);
    this.options = options;
  }

  /** One that passes over targets that have no place for templates, and says so. */
  public static TemplatePublishing wherePlaced(
      Session session, List<Path> paths, TemplateChange.Options options) {
    return new TemplatePublishing(session, paths, options, true);
  }

  /**
   * Refuses targets that have no place for templates.
   *
   * @throws UsageException with what to configure
   */
  public void requirePlace(String called, Config.Target target) {
    place(called, target);
  }

  private Optional<Location> place(String called, Config.Target target) {
    if (!wherePlaced && !paths.isEmpty() && target.templates().isEmpty()) {
      throw new UsageException(
          "target " + called + " has no place for templates",
          "Set targets.NAME.templates in qrepo.yml to a directory or URL, or leave the RPMs out.");
    }
    return target.templates();
  }

  @Override
  public Answer before(OpenTarget target, PublishRun.Mode mode) throws IOException {
    if (paths.isEmpty()) {
      return Answer.done(JsonFields.NONE);
    }
    if (place(target.location(), target.configured()).isEmpty()) {
      session
          .console()
          .note("No templates there: set targets.NAME.templates in qrepo.yml to publish them.");
      return Answer.done(JsonFields.NONE);
    }
    List<OpenedRpm> rpms = read(target.verifier());
    TemplateChange change =
        TemplateChange.adding(
            rpms.stream().<TemplateInput>map(rpm -> prepared(rpm, target)).toList(), options);
    try (OpenTemplates place = target.templates().orElseThrow();
        Narrator narrator = new Narrator(session.console())) {
      return mode.onlyPlans()
          ? plan(place, change, rpms, narrator)
          : publish(place, change, rpms, narrator, mode);
    }
  }

  private PreparedTemplate prepared(OpenedRpm rpm, OpenTarget target) {
    return new PreparedTemplate(rpm, one -> block(one, target));
  }

  /** All of them, before any is sent. */
  private List<OpenedRpm> read(Verifier verifier) throws IOException {
    List<OpenedRpm> templates = new ArrayList<>();
    List<Finding> refusals = new ArrayList<>();
    for (Path path : paths) {
      try {
        OpenedRpm one = OpenedRpm.read(session, path, verifier, false, false);
        if (one.report().signed()) {
          refusals.addAll(one.report().findings());
        }
        templates.add(one);
      } catch (RefusedException e) {
        refusals.addAll(e.findings());
      }
    }
    if (!refusals.isEmpty()) {
      throw new RefusedException(refusals);
    }
    return templates;
  }

  private Answer plan(
      OpenTemplates place, TemplateChange change, List<OpenedRpm> rpms, Narrator narrator)
      throws IOException {
    TemplatePlan plan = place.planner(narrator).plan(change);
    narrator.close();
    TemplateWords.say(session.console(), place.location(), plan);
    return Answer.done(
        json -> {
          write(json, place.location(), plan, rpms);
          json.object("template-plan", o -> TemplateWords.write(o, place.location(), plan));
        });
  }

  private Answer publish(
      OpenTemplates place,
      TemplateChange change,
      List<OpenedRpm> rpms,
      Narrator narrator,
      PublishRun.Mode mode)
      throws IOException {
    TemplateReceipt receipt = place.publisher(narrator, mode.deep()).publish(change);
    narrator.close();
    ExitCode code = TemplateWords.say(session.console(), receipt);
    TemplateReceipts.keep(session, receipt);
    return new Answer(
        code,
        json -> {
          write(json, place.location(), receipt.plan(), rpms);
          json.object("template-receipt", o -> TemplateWords.write(o, receipt));
        });
  }

  private static void write(
      JsonObject json, String location, TemplatePlan plan, List<OpenedRpm> rpms)
      throws IOException {
    Map<String, TemplatePlan.Item> items = new HashMap<>();
    plan.items().forEach(item -> items.put(item.location(), item));
    json.field("templates-location", location)
        .objects(
            "templates",
            rpms,
            (object, rpm) -> {
              String key = key(rpm);
              TemplatePlan.Item item = items.get(key);
              object
                  .field("file", rpm.file().path().toString())
                  .field("key", key)
                  .field("new", item != null && item.kind() != TemplatePlan.Kind.PUBLISHED);
            });
  }

  private static String key(OpenedRpm rpm) {
    return "rpm/"
        + rpm.file().header().text(RpmTag.NAME).orElse("")
        + "-"
        + RpmVersion.of(rpm.file().header())
        + ".noarch.rpm";
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
}
