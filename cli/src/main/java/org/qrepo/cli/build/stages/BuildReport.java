package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.console.JsonObject;

/** What was done, thing by thing. */
public final class BuildReport {
  private final BuilderTree tree;
  private final List<Line> lines = new ArrayList<>();

  BuildReport(BuilderTree tree) {
    this.tree = tree;
  }

  /** What became of a thing. */
  public enum Outcome {
    DONE("done"),
    /** It was done before. */
    SKIPPED("skipped"),
    FAILED("failed");

    private final String word;

    Outcome(String word) {
      this.word = word;
    }
  }

  /**
   * One thing.
   *
   * @param subject component or template
   * @param files packages or RPMs
   */
  public record Line(
      BuildStep.Kind kind,
      String subject,
      Outcome outcome,
      Duration time,
      Optional<Path> log,
      List<Path> files) {
    public Line {
      files = List.copyOf(files);
    }
  }

  void add(Line line) {
    lines.add(line);
  }

  /** In the order in which they were done. */
  public List<Line> lines() {
    return List.copyOf(lines);
  }

  /** How many things of a kind had this outcome. */
  public long count(BuildStep.Kind kind, Outcome outcome) {
    return lines.stream().filter(l -> l.kind() == kind && l.outcome() == outcome).count();
  }

  /** For scripts. */
  public void write(JsonObject json) throws IOException {
    json.field("builder", tree.directory().toString()).field("kind", tree.kind().word());
    json.objects(
        "steps",
        lines,
        (object, line) ->
            object
                .field("step", line.kind().word())
                .field("subject", line.subject())
                .field("outcome", line.outcome().word)
                .field("milliseconds", line.time().toMillis())
                .field("log", line.log().map(Path::toString))
                .strings("files", line.files().stream().map(Path::toString).toList()));
  }
}
