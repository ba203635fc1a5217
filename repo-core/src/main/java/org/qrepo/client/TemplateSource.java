package org.qrepo.client;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.qrepo.publish.RepositoryName;

/**
 * What dom0 needs to install templates from a repository: a definition as dnf reads it, which lies
 * in {@code /etc/qubes/repo-templates/}, and a file with the keys, in {@code keys/} below. dom0
 * sends both to the qube that downloads, but keys only from that folder.
 *
 * @param name of the repository
 * @param bases where {@code repodata/} is found, one or several with the same content
 * @param keys whose signatures count
 * @param release for which it is meant; empty: any
 * @param signedMetadata whether the downloading qube verifies the metadata too
 */
public record TemplateSource(
    RepositoryName name,
    List<ServerUrl> bases,
    List<ClientKey> keys,
    Optional<QubesRelease> release,
    boolean signedMetadata) {
  /** Where dom0 looks for definitions. */
  public static final String FOLDER = "/etc/qubes/repo-templates";

  /** Where dom0 looks for keys. */
  public static final String KEY_FOLDER = FOLDER + "/keys";

  public TemplateSource {
    bases = List.copyOf(bases);
    keys = List.copyOf(keys);
    if (bases.isEmpty() || keys.isEmpty()) {
      throw new IllegalArgumentException("a source of templates needs a URL and a key");
    }
  }

  /**
   * What {@code --repoid} takes. dom0 takes no name with {@code @} in a listing, and would show no
   * template at all.
   */
  public String id() {
    return id(name);
  }

  private static String id(RepositoryName name) {
    return plain(name) + "-templates";
  }

  private static String plain(RepositoryName name) {
    return name.value().replace('@', '.');
  }

  /** The name of the definition. */
  public String fileName() {
    return plain(name) + ".repo";
  }

  /** The name of the file with the keys. */
  public String keyFileName() {
    return "RPM-GPG-KEY-" + plain(name);
  }

  /** The definition. */
  public String definition() {
    String title =
        "Templates of " + name + release.map(r -> " for Qubes OS " + r.number()).orElse("");
    return "# "
        + title
        + "\n# dom0: "
        + FOLDER
        + "/"
        + fileName()
        + "\n["
        + id()
        + "]\nname = "
        + title
        + "\nbaseurl = "
        + bases.stream().map(ServerUrl::value).collect(Collectors.joining("\n          "))
        + "\nenabled = 1\ngpgcheck = 1\n"
        + (signedMetadata
            ? ""
            : "# Needs core-admin-client 4.3.16 or newer: before, nothing at all would be found.\n# ")
        + "repo_gpgcheck = 1\ngpgkey = file://"
        + KEY_FOLDER
        + "/"
        + keyFileName()
        + "\nmetadata_expire = 6h\n";
  }

  /** The keys, armored, one after the other. */
  public String keyFile() {
    return keys.stream().map(ClientKey::armored).collect(Collectors.joining());
  }

  /** The command for dom0 that installs one of its templates. */
  public String install(String template) {
    return install(name, template);
  }

  /** The command for dom0 that installs a template from the repository of this name. */
  public static String install(RepositoryName repository, String template) {
    return "qvm-template --repoid=" + id(repository) + " install " + ShellText.quote(template);
  }
}
