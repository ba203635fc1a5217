package org.qrepo.cli.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.qrepo.Finding;
import org.qrepo.alpm.Architecture;
import org.qrepo.client.DropInPriority;
import org.qrepo.client.KeyringName;
import org.qrepo.client.QubesRelease;
import org.qrepo.client.ServerUrl;
import org.qrepo.database.DescOptions;
import org.qrepo.database.DescVersion;
import org.qrepo.io.Compression;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.RepositoryName;
import org.qrepo.sign.program.QubeName;
import org.qrepo.store.Bandwidth;
import org.qrepo.store.RetryPolicy;
import org.qrepo.store.TargetException;
import org.qrepo.store.s3.S3Settings;
import org.qrepo.store.sftp.SftpSettings;

/** Gives values their types, and collects what is wrong with them. */
final class Binder {
  private static final Pattern TIMEOUT = Pattern.compile("([0-9]{1,5})([sm])");
  private static final Pattern REGION = Pattern.compile("[A-Za-z0-9-]{1,63}");
  private static final Pattern DESCRIPTION = Pattern.compile("\\P{Cntrl}{1,500}");
  private static final Pattern PROFILE = Pattern.compile("[^\\p{Cntrl}\\[\\]]{1,255}");

  /** One line without blanks at its ends or in rows, as makepkg writes it. */
  private static final Pattern ONE_LINE = Pattern.compile("[^\\p{Cntrl}\\s]+( [^\\p{Cntrl}\\s]+)*");

  private static final Pattern VARIABLES = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

  /** How the variables of credentials begin where no other name is given. */
  private static final String HTTP_VARIABLES = "QREPO_HTTP";

  /** A person may have to find a smartcard, or be fetched. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final int MOST_PARALLEL = 16;
  private static final int MOST_RETRIES = 100;

  private static final Map<String, Compression> COMPRESSIONS =
      Map.of(
          "gz", Compression.GZIP,
          "zst", Compression.ZSTD,
          "xz", Compression.XZ,
          "bz2", Compression.BZIP2,
          "none", Compression.NONE);

  private final Map<String, Given> values;
  private final Path home;
  private final Findings findings;

  /**
   * @param values by full name
   * @param home what {@code ~/} stands for
   */
  Binder(Map<String, Given> values, Path home, Findings findings) {
    this.values = values;
    this.home = home;
    this.findings = findings;
  }

  /**
   * @param warnings to hand on
   * @throws ConfigException with everything that is wrong
   */
  Config bind(Optional<Path> file, List<Finding> warnings) {
    values.values().forEach(this::refuseForeignPrograms);
    Config config =
        new Config(
            file,
            repository(),
            new Config.Packages(paths(Key.PACKAGES_FROM), paths(Key.PACKAGES_TEMPLATES)),
            signing(),
            targets(),
            client(),
            keyring(),
            new Config.Audit(list(Key.AUDIT_AGAINST, this::database)),
            build(),
            Settings.describe(values),
            List.copyOf(warnings));
    findings.check();
    return config;
  }

  private void refuseForeignPrograms(Given given) {
    for (Given.Item item : given.items()) {
      if (given.key().runs() && !item.origin().mayRun()) {
        findings.add(
            "config-not-yours",
            item.origin().where(),
            given.name() + " names something to run, and others could have written this file",
            "Such keys count only in a file that you own and no one else can write.",
            "Make it so: chown to yourself, chmod go-w.");
        return;
      }
    }
  }

  private Config.Repository repository() {
    return new Config.Repository(
        value(Key.REPOSITORY_NAME, RepositoryName::new),
        value(Key.REPOSITORY_DESCRIPTION, t -> plain(t, DESCRIPTION)),
        value(Key.REPOSITORY_ARCH, Architecture::new).orElse(new Architecture("x86_64")),
        value(Key.REPOSITORY_RELEASE, QubesRelease::parse),
        value(Key.REPOSITORY_COMPRESSION, t -> word(t, COMPRESSIONS)).orElse(Compression.GZIP),
        desc(),
        value(Key.REPOSITORY_ALIASES, Binder::truth).orElse(true));
  }

  private DescOptions desc() {
    return new DescOptions(
        value(Key.REPOSITORY_DESC, t -> word(t, words(DescVersion.values())))
            .orElse(DescVersion.V2),
        value(Key.REPOSITORY_INCLUDE_SIGS, Binder::truth).orElse(false));
  }

  private Config.Signing signing() {
    return new Config.Signing(
        value(Key.SIGNING_BACKEND, t -> word(t, words(SigningBackend.values())))
            .orElse(SigningBackend.FILE),
        value(Key.SIGNING_KEY, Fingerprint::parse),
        path(Key.SIGNING_KEY_FILE.path()),
        programs(),
        Set.copyOf(list(Key.SIGNING_TRUSTED, item -> Fingerprint.parse(item.text()))),
        paths(Key.SIGNING_CERTIFICATES),
        path(Key.SIGNING_PASSPHRASE_FILE.path()),
        command());
  }

  private Config.Programs programs() {
    return new Config.Programs(
        program(Key.SIGNING_GPG_PROGRAM).orElse("gpg"),
        path(Key.SIGNING_GPG_HOME.path()),
        program(Key.SIGNING_SPLIT_GPG_PROGRAM).orElse("qubes-gpg-client-wrapper"),
        program(Key.SIGNING_QREXEC_PROGRAM),
        value(Key.SIGNING_VAULT, QubeName::new),
        value(Key.SIGNING_TIMEOUT, Binder::timeout).orElse(PATIENCE));
  }

  /** A name to look for among the programs, or the absolute path of one. */
  private Optional<String> program(Key key) {
    return typed(
        key.path(),
        item -> {
          boolean name = !item.text().contains("/") && !item.text().isBlank();
          return name
              ? item.text()
              : Location.Parts.path(item.text(), item.origin().base(), home).toString();
        });
  }

  private static Duration timeout(String text) {
    Matcher matcher = TIMEOUT.matcher(text);
    if (!matcher.matches() || text.matches("0+.*")) {
      throw new IllegalArgumentException("'" + text + "' is not a time to wait: write 90s or 10m");
    }
    long number = Long.parseLong(matcher.group(1));
    return matcher.group(2).equals("m") ? Duration.ofMinutes(number) : Duration.ofSeconds(number);
  }

  private List<String> command() {
    return words(list(Key.SIGNING_PASSPHRASE_COMMAND, Given.Item::text));
  }

  /** One text is split at blanks. */
  private static List<String> words(List<String> given) {
    return given.size() == 1 ? List.of(given.get(0).strip().split("\\s+")) : given;
  }

  private Map<String, Config.Target> targets() {
    Map<String, Config.Target> targets = new LinkedHashMap<>();
    for (String name : names("targets.")) {
      Optional<Location> url = location(Key.TARGET_URL.named(name));
      if (url.isPresent()) {
        targets.put(name, target(name, url.get()));
      } else if (!values.containsKey(Key.TARGET_URL.named(name))) {
        String where = firstWhere("targets." + name + ".");
        findings.add("config-missing", where, "targets." + name + ".url is missing");
      }
    }
    return java.util.Collections.unmodifiableMap(targets);
  }

  private Config.Target target(String name, Location url) {
    return new Config.Target(
        name,
        url,
        server(Key.TARGET_SERVER.named(name)),
        typed(Key.TARGET_LAYOUT.named(name), i -> word(i.text(), words(TargetLayout.values()))),
        location(Key.TARGET_TEMPLATES.named(name)),
        server(Key.TARGET_TEMPLATES_SERVER.named(name)),
        transfers(name),
        typed(Key.TARGET_PAGE.named(name), item -> truth(item.text())).orElse(false),
        bucket(name),
        ssh(name),
        web(name));
  }

  private Config.Web web(String name) {
    return new Config.Web(
        typed(Key.TARGET_DAV.named(name), item -> truth(item.text())).orElse(true),
        path(Key.TARGET_NETRC_FILE.named(name)),
        typed(Key.TARGET_CREDENTIALS_VARIABLES.named(name), item -> plain(item.text(), VARIABLES))
            .orElse(HTTP_VARIABLES),
        words(list(Key.TARGET_CREDENTIALS_COMMAND.named(name), Given.Item::text)),
        path(Key.TARGET_CA_FILE.named(name)),
        path(Key.TARGET_CLIENT_CERTIFICATE.named(name)),
        path(Key.TARGET_CLIENT_KEY.named(name)));
  }

  private Config.Transfers transfers(String name) {
    RetryPolicy standard = RetryPolicy.STANDARD;
    Optional<Integer> parallel =
        typed(Key.TARGET_PARALLEL.named(name), item -> number(item.text(), 1, MOST_PARALLEL));
    Optional<Long> bandwidth =
        typed(Key.TARGET_BANDWIDTH.named(name), item -> Bandwidth.parse(item.text()));
    RetryPolicy retries =
        typed(Key.TARGET_RETRIES.named(name), item -> number(item.text(), 0, MOST_RETRIES))
            .map(standard::withRetries)
            .orElse(standard);
    return new Config.Transfers(
        parallel.map(OptionalInt::of).orElse(OptionalInt.empty()),
        bandwidth.map(OptionalLong::of).orElse(OptionalLong.empty()),
        typed(Key.TARGET_RETRY_DEADLINE.named(name), item -> timeout(item.text()))
            .map(retries::withDeadline)
            .orElse(retries));
  }

  private static int number(String text, int least, int most) {
    int number = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : -1;
    if (number < least || number > most) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a number from " + least + " to " + most);
    }
    return number;
  }

  private S3Settings bucket(String name) {
    return new S3Settings(
        typed(Key.TARGET_ENDPOINT.named(name), item -> endpoint(item.text())),
        typed(Key.TARGET_REGION.named(name), item -> plain(item.text(), REGION)),
        typed(Key.TARGET_PATH_STYLE.named(name), item -> truth(item.text())),
        typed(Key.TARGET_PROFILE.named(name), item -> plain(item.text(), PROFILE)),
        typed(Key.TARGET_CONDITIONAL_WRITES.named(name), item -> truth(item.text())).orElse(true),
        typed(Key.TARGET_CHECKSUMS.named(name), item -> truth(item.text())),
        false,
        path(Key.TARGET_CA_FILE.named(name)));
  }

  private Config.Ssh ssh(String name) {
    return new Config.Ssh(
        path(Key.TARGET_IDENTITY_FILE.named(name)),
        path(Key.TARGET_KNOWN_HOSTS.named(name)),
        typed(Key.TARGET_JUMP.named(name), item -> jump(item.text())));
  }

  private static String jump(String text) {
    if (!SftpSettings.isJump(text)) {
      throw new IllegalArgumentException(
          "'" + text + "' names no hosts to go through: write [USER@]HOST[:PORT],...");
    }
    return text;
  }

  private Config.Client client() {
    return new Config.Client(
        value(Key.CLIENT_PRIORITY, t -> word(t, words(DropInPriority.values())))
            .orElse(DropInPriority.OVERRIDE),
        list(Key.CLIENT_SERVERS, item -> new ServerUrl(item.text())));
  }

  private Config.Keyring keyring() {
    return new Config.Keyring(
        value(Key.KEYRING_NAME, KeyringName::new),
        value(Key.KEYRING_DESCRIPTION, text -> plain(text, ONE_LINE)),
        paths(Key.KEYRING_KEYS),
        path(Key.KEYRING_NEXT.path()),
        list(Key.KEYRING_REVOKED, item -> Fingerprint.parse(item.text())),
        value(Key.KEYRING_DROP_IN, Binder::truth).orElse(true),
        value(Key.KEYRING_REPLACE_OFFICIAL, Binder::truth).orElse(false));
  }

  private Config.Build build() {
    return new Config.Build(
        path(Key.BUILD_BUILDER.path()),
        value(Key.BUILD_KIND, t -> word(t, words(BuilderKind.values()))),
        value(Key.BUILD_DIST, BuildDist::parse).orElse(BuildDist.PLAIN),
        distinct(Key.BUILD_COMPONENTS, item -> new ComponentName(item.text()), name -> name),
        distinct(
            Key.BUILD_TEMPLATES, item -> BuildTemplate.parse(item.text()), BuildTemplate::name),
        supply(),
        executor(),
        path(Key.BUILD_ARTIFACTS.path()),
        new Config.ComponentSources(
            byComponent(Key.BUILD_SOURCE_URL, item -> BuildWords.source(item.text())),
            byComponent(Key.BUILD_SOURCE_BRANCH, item -> BuildWords.branch(item.text()))),
        byComponent(
            Key.BUILD_OVERRIDE,
            item -> Location.Parts.path(item.text(), item.origin().base(), home)),
        new Config.BuilderSource(
            typed(Key.BUILD_URL.path(), this::source),
            value(Key.BUILD_BRANCH, BuildWords::branch),
            value(Key.BUILD_MASTER_KEY, Fingerprint::parse),
            list(Key.BUILD_KEYS, this::database)));
  }

  /** What git clones a builder from: a directory here, or a URL of a protocol that runs nothing. */
  private Location source(Given.Item item) {
    Location location = Location.parse(item.text(), item.origin().base(), home);
    if (location instanceof Location.Remote remote
        && !Set.of("http", "https", "ssh").contains(remote.scheme())) {
      throw new IllegalArgumentException(
          "'" + remote.display() + "' is neither a directory nor a URL: https://, http://, ssh://");
    }
    return location;
  }

  private Config.BuildSupply supply() {
    return new Config.BuildSupply(
        list(Key.BUILD_MIRRORS, item -> BuildWords.mirror(item.text())),
        value(Key.BUILD_OFFICIAL_PACKAGES, t -> word(t, words(OfficialPackages.values())))
            .orElse(OfficialPackages.NONE),
        value(Key.BUILD_TEMPLATE_ROOT_SIZE, BuildWords::size));
  }

  private Config.Executor executor() {
    return new Config.Executor(
        value(Key.BUILD_EXECUTOR, t -> word(t, words(BuildExecutor.values()))),
        value(Key.BUILD_IMAGE, BuildWords::image),
        value(Key.BUILD_DISPVM, BuildWords::dispvm));
  }

  /** The values of a key whose chosen names are components, in the order given. */
  private <T> Map<ComponentName, T> byComponent(Key key, Function<Given.Item, T> parser) {
    Map<ComponentName, T> given = new LinkedHashMap<>();
    for (String name : names(key.named(""))) {
      typed(key.named(name), parser).ifPresent(v -> given.put(new ComponentName(name), v));
    }
    return java.util.Collections.unmodifiableMap(given);
  }

  /** The names chosen below a prefix, in the order given. */
  private Set<String> names(String prefix) {
    return values.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()).split("\\.", 2)[0])
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private String firstWhere(String prefix) {
    return values.entrySet().stream()
        .filter(e -> e.getKey().startsWith(prefix))
        .map(e -> e.getValue().where())
        .findFirst()
        .orElse("");
  }

  private <T> Optional<T> value(Key key, Function<String, T> parser) {
    return typed(key.path(), item -> parser.apply(item.text()));
  }

  private Optional<Path> path(String name) {
    return typed(name, item -> Location.Parts.path(item.text(), item.origin().base(), home));
  }

  private Optional<Location> location(String name) {
    return typed(name, item -> Location.parse(item.text(), item.origin().base(), home));
  }

  private Optional<URI> server(String name) {
    return typed(name, item -> publicUrl(item.text()));
  }

  /** A file or a URL that clients could fetch from. */
  private Location database(Given.Item item) {
    Location location = Location.parse(item.text(), item.origin().base(), home);
    if (location instanceof Location.Remote remote
        && !Set.of("http", "https").contains(remote.scheme())) {
      throw new IllegalArgumentException(
          "'" + remote.display() + "' is neither a file nor a URL that clients fetch from");
    }
    return location;
  }

  private List<Path> paths(Key key) {
    return list(key, item -> Location.Parts.path(item.text(), item.origin().base(), home));
  }

  private <T> Optional<T> typed(String name, Function<Given.Item, T> parser) {
    Given given = values.get(name);
    return given == null || given.items().isEmpty()
        ? Optional.empty()
        : parsed(name, given.items().get(0), parser);
  }

  /** A list in which nothing may stand twice, known by its name. */
  private <T> List<T> distinct(Key key, Function<Given.Item, T> parser, Function<T, Object> name) {
    Set<Object> seen = new LinkedHashSet<>();
    return list(
        key,
        item -> {
          T value = parser.apply(item);
          if (!seen.add(name.apply(value))) {
            throw new IllegalArgumentException("'" + name.apply(value) + "' is listed twice");
          }
          return value;
        });
  }

  private <T> List<T> list(Key key, Function<Given.Item, T> parser) {
    return list(key.path(), parser);
  }

  private <T> List<T> list(String name, Function<Given.Item, T> parser) {
    Given given = values.get(name);
    return given == null
        ? List.of()
        : given.items().stream().flatMap(item -> parsed(name, item, parser).stream()).toList();
  }

  private <T> Optional<T> parsed(String name, Given.Item item, Function<Given.Item, T> parser) {
    try {
      return Optional.of(parser.apply(item));
    } catch (IllegalArgumentException e) {
      findings.add("config-value", item.origin().where(), name + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
    };
  }

  private static URI endpoint(String text) {
    try {
      return S3Settings.requireEndpoint(Location.Parts.uri(text));
    } catch (TargetException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static String plain(String text, Pattern form) {
    if (!form.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' cannot be one");
    }
    return text;
  }

  private static URI publicUrl(String text) {
    URI uri = Location.Parts.uri(text);
    if (!Set.of("http", "https", "file").contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a URL that clients fetch from: http, https or file");
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException("holds a user name, which strangers do not have");
    }
    return uri;
  }

  private static <E extends Enum<E>> Map<String, E> words(E[] constants) {
    Map<String, E> words = new LinkedHashMap<>();
    Arrays.stream(constants)
        .forEach(c -> words.put(c.name().toLowerCase(Locale.ROOT).replace('_', '-'), c));
    return words;
  }

  private static <T> T word(String text, Map<String, T> words) {
    T value = words.get(text);
    if (value == null) {
      String known = words.keySet().stream().sorted().collect(Collectors.joining(", "));
      String meant =
          Meant.among(words.keySet(), text).map(w -> "; did you mean " + w + "?").orElse("");
      throw new IllegalArgumentException("'" + text + "' is none of " + known + meant);
    }
    return value;
  }
}
