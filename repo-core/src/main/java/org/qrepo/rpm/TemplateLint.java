package org.qrepo.rpm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.qrepo.Finding;

/**
 * Whether a package is a template that dom0's {@code qvm-template} lists, installs and upgrades to.
 * The listing of all repositories is parsed as one strict ASCII text: a single package that does
 * not fit hides the templates of every repository.
 */
public final class TemplateLint {
  /** What the names of template packages begin with. */
  public static final String PREFIX = "qubes-template-";

  private static final String FOLDER = "/var/lib/qubes/vm-templates/";
  private static final int LONGEST_NAME = 31;
  private static final int SHOWN = 60;
  private static final String UNLISTED =
      "qvm-template will say: unexpected data format, and list no template of any repository.";
  private static final Pattern QUBE = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9._+~]+");
  private static final Pattern LICENSE = Pattern.compile("[A-Za-z0-9._+()][A-Za-z0-9._+()-]*");

  private final String file;
  private final RpmHeader header;
  private final List<Finding> findings = new ArrayList<>();

  private TemplateLint(String file, RpmHeader header) {
    this.file = file;
    this.header = header;
  }

  /** Whether a package means to be a template: by its name, or by where its files lie. */
  public static boolean applies(RpmHeader header) {
    return header.text(RpmTag.NAME).orElse("").startsWith(PREFIX)
        || FileTable.of(header).stream()
            .flatMap(t -> t.files().stream())
            .anyMatch(f -> f.path().startsWith(FOLDER));
  }

  /**
   * What is wrong with a template, each with what {@code qvm-template} will say.
   *
   * @param file what messages call it
   * @param others versions that are installed or published already
   */
  public static List<Finding> of(String file, RpmHeader header, List<RpmVersion> others) {
    TemplateLint lint = new TemplateLint(file, header);
    lint.name();
    lint.version();
    lint.texts();
    lint.present();
    lint.payload();
    lint.order(others);
    return List.copyOf(lint.findings);
  }

  private void add(String id, String reason, String... details) {
    findings.add(Finding.of(id, file, reason, details));
  }

  private void name() {
    String name = text(RpmTag.NAME);
    if (!name.startsWith(PREFIX)) {
      add(
          "template-name",
          "the package is called " + shown(name) + ", not " + PREFIX + "NAME",
          "qvm-template will say: Illegal package name for package. Name it so in its spec.");
      return;
    }
    String qube = name.substring(PREFIX.length());
    if (!QUBE.matcher(qube).matches()) {
      add(
          "template-name",
          "no qube can be called " + shown(qube),
          "A name begins with a letter and has letters, digits, _ and - only; qvm-template cannot create the qube.");
    } else if (qube.length() > LONGEST_NAME) {
      add(
          "template-name",
          "the template's name has " + qube.length() + " characters, a qube's has at most 31",
          "qvm-template cannot create the qube. Set a shorter TEMPLATE_LABEL or template name.");
    }
    if (!text(RpmTag.ARCH).equals("noarch")) {
      add(
          "template-arch",
          "the package is for " + shown(text(RpmTag.ARCH)) + ", not noarch",
          "dom0 looks for templates as noarch packages. Set BuildArch: noarch in its spec.");
    }
  }

  private void version() {
    RpmVersion version = RpmVersion.of(header);
    if (version.epoch() != 0) {
      add(
          "template-epoch",
          "the package has the epoch " + version.epoch(),
          "Templates have none: any without it would count as older for ever.");
    }
    for (String part : List.of(version.version(), version.release())) {
      if (!VERSION.matcher(part).matches()) {
        add("template-version", "version or release is " + shown(part), UNLISTED);
      }
    }
  }

  private void texts() {
    String license = text(RpmTag.LICENSE);
    if (!license.isEmpty() && !LICENSE.matcher(license).matches()) {
      add(
          "template-license",
          "the license is " + shown(license) + ": it must be one word",
          UNLISTED,
          "Set License: GPL, or an expression without blanks.");
    }
    text("summary", RpmTag.SUMMARY);
    text("url", RpmTag.URL);
    text("description", RpmTag.DESCRIPTION);
    if (text(RpmTag.DESCRIPTION).startsWith("\n")) {
      add("template-description", "the description begins with an empty line", UNLISTED);
    }
  }

  private void text(String what, int tag) {
    String text = text(tag);
    if (text.indexOf('|') >= 0) {
      add("template-" + what, "the " + what + " has a |, which separates fields", UNLISTED);
    }
    if (!text.chars().allMatch(c -> (c >= ' ' && c <= '~') || c == '\n')) {
      add("template-" + what, "the " + what + " has other characters than plain ASCII", UNLISTED);
    }
  }

  private void present() {
    for (int tag : new int[] {RpmTag.SUMMARY, RpmTag.DESCRIPTION, RpmTag.URL, RpmTag.LICENSE}) {
      if (text(tag).isEmpty()) {
        add(
            "template-incomplete",
            "the package has no " + title(tag),
            "qvm-template records it, and lists (none) or refuses it. Set it in the spec.");
      }
    }
    if (header.number(RpmTag.BUILD_TIME).isEmpty()) {
      add("template-incomplete", "the package does not say when it was built");
    }
  }

  private static String title(int tag) {
    return switch (tag) {
      case RpmTag.SUMMARY -> "summary";
      case RpmTag.DESCRIPTION -> "description";
      case RpmTag.URL -> "URL";
      default -> "license";
    };
  }

  private void payload() {
    Optional<FileTable> table = FileTable.of(header);
    if (table.isEmpty()) {
      add("template-payload", "its list of files cannot be read");
      return;
    }
    String folder = FOLDER + text(RpmTag.NAME).replaceFirst("^" + PREFIX, "");
    Set<String> names = new HashSet<>();
    for (FileTable.Entry entry : table.get().files()) {
      if (entry.path().startsWith(folder + "/")) {
        names.add(entry.path().substring(folder.length() + 1));
      } else if (!entry.directory()) {
        add(
            "template-payload",
            "it has a file outside of " + folder + ": " + shown(entry.path()),
            "qvm-template takes nothing but that folder.");
        return;
      }
    }
    image(folder, names);
  }

  /** The image of the root volume: in numbered parts, or in one piece. */
  private void image(String folder, Set<String> names) {
    if (names.contains("root.img") || names.contains("root.img.tar")) {
      return;
    }
    long parts = names.stream().filter(n -> n.startsWith("root.img.part.")).count();
    if (parts == 0) {
      add(
          "template-payload",
          "it has no root image: neither root.img.part.00 nor root.img in " + folder,
          "qvm-template will say: root.img not found, and import nothing.");
    }
    for (int i = 0; i < parts; i++) {
      String part = "root.img.part.%02d".formatted(i);
      if (!names.contains(part)) {
        add(
            "template-payload",
            "of its " + parts + " image parts " + part + " is missing",
            "qvm-template puts the parts together in order: the image would be cut. Build it again.");
        return;
      }
    }
  }

  private void order(List<RpmVersion> others) {
    RpmVersion own = RpmVersion.of(header);
    others.stream()
        .max(RpmVersion::compareTo)
        .filter(other -> own.compareTo(other) < 0)
        .ifPresent(
            other ->
                add(
                    "template-older",
                    own + " is older than " + other,
                    "qvm-template upgrade will say: Template of higher version already installed, skipping...",
                    "Build with a higher version: classic builders number templates 4.0.6, below 4.3.0 of later ones."));
  }

  private String text(int tag) {
    return header.text(tag).orElse("");
  }

  private static String shown(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    String plain = new String(ascii, StandardCharsets.US_ASCII).replaceAll("[^ -~]", "?");
    return "'" + (plain.length() > SHOWN ? plain.substring(0, SHOWN) + "..." : plain) + "'";
  }
}
