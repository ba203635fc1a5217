package org.qrepo.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.qrepo.io.Digests;

/** The steps that make dom0 use a source of templates, as commands for dom0's shell. */
public final class TemplateInstructions {
  private final TemplateSource source;
  private final String qube;
  private final String folder;
  private final List<String> lines = new ArrayList<>();

  private TemplateInstructions(TemplateSource source, String qube, String folder) {
    this.source = source;
    this.qube = qube;
    this.folder = folder;
  }

  /**
   * The text.
   *
   * @param qube in which the two files are
   * @param folder there, absolute
   * @param templates that are published, as {@code qvm-template} calls them
   */
  public static String of(
      TemplateSource source, String qube, String folder, List<String> templates) {
    TemplateInstructions text = new TemplateInstructions(source, qube, folder);
    text.copy();
    text.check();
    text.install();
    text.use(templates);
    return String.join("\n", text.lines) + "\n";
  }

  private void copy() {
    lines.add("# All of this is for a terminal in dom0. Read each line before you run it:");
    lines.add("# what is copied into dom0 must be what you checked.");
    lines.add("");
    lines.add("# 1. Copy the two files from the qube " + qube + ".");
    for (String name : List.of(source.fileName(), source.keyFileName())) {
      String remote = "cat " + ShellText.quote(folder + "/" + name);
      lines.add(
          "qvm-run --pass-io "
              + ShellText.quote(qube)
              + " "
              + ShellText.quote(remote)
              + " > /tmp/"
              + name);
    }
  }

  private void check() {
    lines.add("");
    lines.add("# 2. Compare what arrived. Each line must say OK.");
    lines.add(sum(source.definition(), source.fileName()));
    lines.add(sum(source.keyFile(), source.keyFileName()));
    lines.add("");
    lines.add("# 3. Compare the fingerprint with what the publisher told you some other way:");
    source.keys().forEach(key -> lines.add("#    " + key.fingerprint().grouped()));
    lines.add("gpg --show-keys --with-fingerprint /tmp/" + source.keyFileName());
  }

  private static String sum(String content, String name) {
    String digest = Digests.of(content.getBytes(StandardCharsets.UTF_8), Set.of()).sha256().hex();
    return "echo '" + digest + "  /tmp/" + name + "' | sha256sum --check";
  }

  private void install() {
    lines.add("");
    lines.add("# 4. Put them where qvm-template looks.");
    lines.add(
        "sudo install -m 0644 /tmp/"
            + source.keyFileName()
            + " "
            + TemplateSource.KEY_FOLDER
            + "/");
    lines.add("sudo install -m 0644 /tmp/" + source.fileName() + " " + TemplateSource.FOLDER + "/");
  }

  private void use(List<String> templates) {
    lines.add("");
    lines.add("# 5. See what is there, and install it. dnf install is not the way.");
    lines.add("qvm-template --repoid=" + source.id() + " list --available");
    if (templates.isEmpty()) {
      lines.add("# " + source.install("NAME"));
    }
    templates.forEach(template -> lines.add(source.install(template)));
    lines.add("");
    lines.add("# Later: newer versions.");
    lines.add("qvm-template --repoid=" + source.id() + " --refresh upgrade");
  }
}
