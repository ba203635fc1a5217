package org.qrepo.client;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.io.Digests;

/**
 * The sources of a keyring package, for people who build it with makepkg: the three files that
 * qubes-core-agent-linux has in {@code archlinux/} (its {@code PKGBUILD.in} takes them as they
 * are), and a PKGBUILD with its scriptlet and drop-in, of which makepkg makes the package that
 * {@link KeyringPackage} is.
 */
public final class KeyringSources {
  static final String KEYS = "PKGBUILD-keyring-keys";
  static final String TRUSTED = "PKGBUILD-keyring-trusted";
  static final String REVOKED = "PKGBUILD-keyring-revoked";
  private static final String INSTALL = "PKGBUILD-keyring.install";

  private final KeyringPackage keyring;

  public KeyringSources(KeyringPackage keyring) {
    this.keyring = keyring;
  }

  /**
   * The texts by file name.
   *
   * @param version of the package that the PKGBUILD makes
   */
  public Map<String, String> files(PackageVersion version) {
    Map<String, String> files = new LinkedHashMap<>(sources());
    files.put(INSTALL, keyring.scriptlet());
    files.put("PKGBUILD", pkgbuild(version));
    return Collections.unmodifiableMap(files);
  }

  private Map<String, String> sources() {
    Map<String, String> sources = new LinkedHashMap<>();
    sources.put(KEYS, keyring.content().armored());
    sources.put(TRUSTED, keyring.content().trustedFile());
    sources.put(REVOKED, keyring.content().revokedFile());
    keyring.dropIn().ifPresent(d -> sources.put(d.fileName(), d.text()));
    return sources;
  }

  String pkgbuild(PackageVersion version) {
    Map<String, String> sources = sources();
    StringBuilder text = new StringBuilder();
    text.append("# Made by qrepo keyring sources.\n");
    line(text, "pkgname", keyring.identity().packageName().value());
    version(text, version.value());
    line(text, "pkgdesc", keyring.description());
    text.append("arch=(any)\n");
    keyring.url().ifPresent(url -> line(text, "url", url));
    for (String key : List.of("replaces", "conflicts", "provides")) {
      list(text, key, keyring.identity().replaced().stream().map(PackageName::value).toList());
    }
    list(text, "backup", keyring.dropIn().stream().map(DropIn::path).toList());
    text.append("install=" + INSTALL + "\n");
    list(text, "source", List.copyOf(sources.keySet()));
    list(text, "sha256sums", sources.values().stream().map(KeyringSources::sha256).toList());
    text.append("\npackage() {\n");
    steps(text);
    return text.append("}\n").toString();
  }

  private void steps(StringBuilder text) {
    String start = KeyringPackage.DIRECTORY + "/" + keyring.identity().keyring();
    text.append("  install -d \"$pkgdir/" + KeyringPackage.DIRECTORY + "\"\n")
        .append("  gpg --dearmor < " + KEYS + " > \"$pkgdir/" + start + ".gpg\"\n")
        .append("  chmod 644 \"$pkgdir/" + start + ".gpg\"\n");
    install(text, TRUSTED, start + "-trusted");
    install(text, REVOKED, start + "-revoked");
    keyring.dropIn().ifPresent(d -> install(text, d.fileName(), d.path()));
  }

  private static void install(StringBuilder text, String source, String path) {
    text.append("  install -Dm644 " + source + " \"$pkgdir/" + path + "\"\n");
  }

  /** {@code epoch:version-release}, taken apart. */
  private static void version(StringBuilder text, String version) {
    int colon = version.indexOf(':');
    int dash = version.lastIndexOf('-');
    if (colon >= 0) {
      line(text, "epoch", version.substring(0, colon));
    }
    line(text, "pkgver", version.substring(colon + 1, dash));
    line(text, "pkgrel", version.substring(dash + 1));
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(key).append('=').append(ShellText.quote(value)).append('\n');
  }

  private static void list(StringBuilder text, String key, List<String> values) {
    if (!values.isEmpty()) {
      text.append(key)
          .append(
              values.stream().map(ShellText::quote).collect(Collectors.joining(" ", "=(", ")\n")));
    }
  }

  private static String sha256(String text) {
    return Digests.of(text.getBytes(StandardCharsets.UTF_8), Set.of()).sha256().hex();
  }
}
