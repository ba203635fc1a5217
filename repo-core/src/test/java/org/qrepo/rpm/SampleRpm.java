package org.qrepo.rpm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qrepo.Tools;

/** A package that the real rpmbuild makes; a good template unless it is told otherwise. */
public final class SampleRpm {
  /** The folder of the template that {@link #template} makes. */
  public static final String FOLDER = "/var/lib/qubes/vm-templates/archlinux";

  private final Map<String, String> preamble = new LinkedHashMap<>();
  private final List<String> install = new ArrayList<>();
  private final List<String> listed = new ArrayList<>();
  private final List<String> macros = new ArrayList<>();
  private final List<String> sections = new ArrayList<>();
  private String description = "A template for tests.";

  private SampleRpm() {}

  /** {@code qubes-template-archlinux-4.3.0-202611010101.noarch.rpm}, of some kilobytes. */
  public static SampleRpm template() {
    return bare()
        .set("Name", "qubes-template-archlinux")
        .file(FOLDER + "/root.img.part.00", "head -c 20000 /dev/zero")
        .file(FOLDER + "/template.conf", "echo virt-mode=pvh");
  }

  /** With all that rpmbuild asks for and no file. */
  public static SampleRpm bare() {
    return new SampleRpm()
        .set("Name", "sample")
        .set("Version", "4.3.0")
        .set("Release", "202611010101")
        .set("Summary", "Qubes template for archlinux")
        .set("License", "GPL")
        .set("URL", "https://example.org")
        .set("BuildArch", "noarch");
  }

  /** Sets a tag of the preamble. */
  public SampleRpm set(String tag, String value) {
    preamble.put(tag, value);
    return this;
  }

  public SampleRpm without(String tag) {
    preamble.remove(tag);
    return this;
  }

  public SampleRpm description(String text) {
    description = text;
    return this;
  }

  /** How rpmbuild packs: {@code w9.gzdio}, {@code w2.xzdio}, {@code w3.zstdio}, {@code w.ufdio}. */
  public SampleRpm payload(String mode) {
    return define("_binary_payload", mode);
  }

  public SampleRpm define(String macro, String value) {
    macros.add("--define");
    macros.add(macro + " " + value);
    return this;
  }

  /** Adds a file with what a shell command prints. */
  public SampleRpm file(String path, String command) {
    listed.add(path);
    return shell(path, command + " > '%{buildroot}" + path + "'");
  }

  /** Adds something that a shell command makes at this path, which is listed as given. */
  public SampleRpm make(String path, String command, String listing) {
    listed.add(listing);
    return shell(path, command + " '%{buildroot}" + path + "'");
  }

  /** Adds a line to the list of files alone: a ghost, say, which nothing makes. */
  public SampleRpm listing(String line) {
    listed.add(line);
    return this;
  }

  /** Adds a scriptlet, or the change log, with its heading. */
  public SampleRpm section(String text) {
    sections.add(text);
    return this;
  }

  private SampleRpm shell(String path, String command) {
    install.add("mkdir -p \"$(dirname '%{buildroot}" + path + "')\"");
    install.add(command);
    return this;
  }

  /** Builds it; the test is skipped if there is no rpmbuild. */
  public Path build(Path directory) {
    Tools.require("rpmbuild");
    try {
      Path top = Files.createTempDirectory(directory, "rpmbuild");
      Path spec = Files.writeString(top.resolve("s.spec"), spec(), StandardCharsets.UTF_8);
      List<String> command =
          new ArrayList<>(List.of("rpmbuild", "-bb", "--quiet", "--target", "noarch-linux"));
      command.addAll(List.of("--define", "_topdir " + top, "--define", "_dbpath " + top + "/db"));
      command.addAll(macros);
      command.add(spec.toString());
      Tools.run(top, command.toArray(String[]::new));
      try (Stream<Path> made = Files.walk(top.resolve("RPMS"))) {
        Path rpm = made.filter(p -> p.toString().endsWith(".rpm")).findFirst().orElseThrow();
        return Files.move(rpm, top.resolve(rpm.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String spec() {
    String tags =
        preamble.entrySet().stream()
            .map(e -> e.getKey() + ": " + e.getValue() + "\n")
            .collect(Collectors.joining());
    return tags
        + "%description\n"
        + description
        + "\n%install\n"
        + String.join("\n", install)
        + "\n%files\n"
        + String.join("\n", listed)
        + "\n"
        + String.join("\n", sections)
        + "\n";
  }
}
