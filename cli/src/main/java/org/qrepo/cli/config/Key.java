package org.qrepo.cli.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every key of the configuration. A {@code *} stands for a name that the user chooses. */
enum Key {
  REPOSITORY_NAME("repository.name"),
  REPOSITORY_DESCRIPTION("repository.description"),
  REPOSITORY_ARCH("repository.arch"),
  REPOSITORY_RELEASE("repository.release"),
  REPOSITORY_COMPRESSION("repository.compression"),
  REPOSITORY_DESC("repository.desc"),
  REPOSITORY_INCLUDE_SIGS("repository.include-sigs"),
  REPOSITORY_ALIASES("repository.aliases"),
  PACKAGES_FROM("packages.from", Form.LIST),
  PACKAGES_TEMPLATES("packages.templates", Form.LIST),
  SIGNING_BACKEND("signing.backend"),
  SIGNING_KEY("signing.key"),
  SIGNING_KEY_FILE("signing.key-file"),
  SIGNING_VAULT("signing.vault"),
  SIGNING_GPG_PROGRAM("signing.gpg-program", Form.PROGRAM),
  SIGNING_GPG_HOME("signing.gpg-home", Form.PROGRAM),
  SIGNING_SPLIT_GPG_PROGRAM("signing.split-gpg-program", Form.PROGRAM),
  SIGNING_QREXEC_PROGRAM("signing.qrexec-program", Form.PROGRAM),
  SIGNING_TIMEOUT("signing.timeout"),
  SIGNING_TRUSTED("signing.trusted", Form.LIST),
  SIGNING_CERTIFICATES("signing.certificates", Form.LIST),
  SIGNING_PASSPHRASE_FILE("signing.passphrase-file"),
  SIGNING_PASSPHRASE_COMMAND("signing.passphrase-command", Form.COMMAND),
  TARGET_URL("targets.*.url"),
  TARGET_SERVER("targets.*.server"),
  TARGET_LAYOUT("targets.*.layout"),
  TARGET_TEMPLATES("targets.*.templates"),
  TARGET_TEMPLATES_SERVER("targets.*.templates-server"),
  TARGET_PARALLEL("targets.*.parallel"),
  TARGET_BANDWIDTH("targets.*.bandwidth"),
  TARGET_RETRIES("targets.*.retries"),
  TARGET_RETRY_DEADLINE("targets.*.retry-deadline"),
  TARGET_PAGE("targets.*.page"),
  TARGET_ENDPOINT("targets.*.endpoint"),
  TARGET_REGION("targets.*.region"),
  TARGET_PROFILE("targets.*.profile"),
  TARGET_PATH_STYLE("targets.*.path-style"),
  TARGET_CHECKSUMS("targets.*.checksums"),
  TARGET_CONDITIONAL_WRITES("targets.*.conditional-writes"),
  TARGET_CA_FILE("targets.*.ca-file"),
  TARGET_IDENTITY_FILE("targets.*.identity-file"),
  TARGET_KNOWN_HOSTS("targets.*.known-hosts"),
  TARGET_JUMP("targets.*.jump"),
  TARGET_DAV("targets.*.dav"),
  TARGET_NETRC_FILE("targets.*.netrc-file"),
  TARGET_CREDENTIALS_VARIABLES("targets.*.credentials-variables"),
  TARGET_CREDENTIALS_COMMAND("targets.*.credentials-command", Form.COMMAND),
  TARGET_CLIENT_CERTIFICATE("targets.*.client-certificate"),
  TARGET_CLIENT_KEY("targets.*.client-key"),
  CLIENT_PRIORITY("client.priority"),
  CLIENT_SERVERS("client.servers", Form.LIST),
  KEYRING_NAME("keyring.name"),
  KEYRING_DESCRIPTION("keyring.description"),
  KEYRING_KEYS("keyring.keys", Form.LIST),
  KEYRING_NEXT("keyring.next"),
  KEYRING_REVOKED("keyring.revoked", Form.LIST),
  KEYRING_DROP_IN("keyring.drop-in"),
  KEYRING_REPLACE_OFFICIAL("keyring.replace-official"),
  AUDIT_AGAINST("audit.against", Form.LIST),
  BUILD_BUILDER("build.builder", Form.PROGRAM),
  BUILD_KIND("build.kind"),
  BUILD_URL("build.url", Form.PROGRAM),
  BUILD_BRANCH("build.branch"),
  BUILD_MASTER_KEY("build.master-key", Form.PROGRAM),
  BUILD_KEYS("build.keys", Form.LIST),
  BUILD_DIST("build.dist"),
  BUILD_COMPONENTS("build.components", Form.LIST),
  BUILD_TEMPLATES("build.templates", Form.LIST),
  BUILD_TEMPLATE_ROOT_SIZE("build.template-root-size"),
  BUILD_MIRRORS("build.mirrors", Form.LIST),
  BUILD_OFFICIAL_PACKAGES("build.official-packages"),
  BUILD_EXECUTOR("build.executor"),
  BUILD_IMAGE("build.image", Form.PROGRAM),
  BUILD_DISPVM("build.dispvm"),
  BUILD_ARTIFACTS("build.artifacts"),
  BUILD_SOURCE_URL("build.source-urls.*", Form.PROGRAM),
  BUILD_SOURCE_BRANCH("build.source-branches.*"),
  BUILD_OVERRIDE("build.overrides.*", Form.PROGRAM);

  /** What the user may write for a key. */
  enum Form {
    /** One text. */
    VALUE,
    /** A list of texts; one text stands for a list of one. */
    LIST,
    /** One text that names what qrepo will run. */
    PROGRAM,
    /** A program and its arguments: a list, or one text split at blanks. */
    COMMAND
  }

  /** A name that the user chooses, of a target or a component. */
  static final Pattern CHOSEN_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

  private static final String VARIABLE_PREFIX = "QREPO_";

  private final String path;
  private final Form form;

  Key(String path) {
    this(path, Form.VALUE);
  }

  Key(String path, Form form) {
    this.path = path;
    this.form = form;
  }

  /** As in the file, with dots; {@code *} for a chosen name. */
  String path() {
    return path;
  }

  boolean takesList() {
    return form == Form.LIST || form == Form.COMMAND;
  }

  /** Whether the value makes qrepo run something. */
  boolean runs() {
    return form == Form.PROGRAM || form == Form.COMMAND;
  }

  /** Whether its name has a part that the user chooses. */
  boolean hasChosenName() {
    return path.contains("*");
  }

  /** The full name with the chosen name filled in. */
  String named(String chosen) {
    return path.replace("*", chosen);
  }

  /** The names that may stand directly below a mapping; {@code *} for a chosen one. */
  static List<String> below(String prefix) {
    String start = prefix.isEmpty() ? "" : prefix + ".";
    return Arrays.stream(values())
        .map(Key::path)
        .filter(p -> p.startsWith(start))
        .map(p -> p.substring(start.length()).split("\\.", 2)[0])
        .distinct()
        .toList();
  }

  static Optional<Key> at(String path) {
    return Arrays.stream(values()).filter(k -> k.path.equals(path)).findFirst();
  }

  /** The variable that sets it; {@code *} for a chosen name. */
  String variable() {
    return variable(path);
  }

  /** The variable for a full name: {@code targets.web.url} is QREPO_TARGETS_WEB_URL. */
  static String variable(String name) {
    return VARIABLE_PREFIX + name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
  }

  /** The chosen part of a variable that could set this key; empty if it could not. */
  Optional<String> chosenIn(String variable) {
    String form = Pattern.quote(variable()).replace("*", "\\E(.+)\\Q");
    Matcher matcher = Pattern.compile(form).matcher(variable);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
