package org.qrepo.cli.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.alpm.Architecture;
import org.qrepo.client.DropInPriority;
import org.qrepo.client.KeyringName;
import org.qrepo.client.QubesRelease;
import org.qrepo.client.ServerUrl;
import org.qrepo.database.DescOptions;
import org.qrepo.io.Compression;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.RepositoryName;
import org.qrepo.sign.program.QubeName;
import org.qrepo.store.RetryPolicy;
import org.qrepo.store.s3.S3Settings;

/**
 * The effective configuration: flags before environment before file before defaults.
 *
 * @param file the file that was read, if there was one
 * @param targets by name, in the order of the file
 * @param settings every value that is set, in the order of the reference, for {@code config show}
 * @param warnings what looks wrong and does no harm
 */
public record Config(
    Optional<Path> file,
    Repository repository,
    Packages packages,
    Signing signing,
    Map<String, Target> targets,
    Client client,
    Keyring keyring,
    Audit audit,
    Build build,
    List<Setting> settings,
    List<Finding> warnings) {

  /**
   * What is published.
   *
   * @param description in one sentence, for those who may use it
   * @param release of Qubes: {@code r4.3}
   * @param aliases whether the databases are also kept under repo-add's {@code .tar.gz} names
   */
  public record Repository(
      Optional<RepositoryName> name,
      Optional<String> description,
      Architecture architecture,
      Optional<QubesRelease> release,
      Compression compression,
      DescOptions desc,
      boolean aliases) {}

  /** Files and directories, absolute, where packages and template RPMs are found. */
  public record Packages(List<Path> from, List<Path> templates) {}

  /**
   * Who signs, and whose signatures count.
   *
   * @param key the certificate to sign with, or exactly one of its keys
   * @param programs for keys that are not in a file
   * @param trusted further certificates whose signatures are accepted
   * @param certificates files with the public keys of those
   * @param passphraseCommand program and arguments
   */
  public record Signing(
      SigningBackend backend,
      Optional<Fingerprint> key,
      Optional<Path> keyFile,
      Programs programs,
      Set<Fingerprint> trusted,
      List<Path> certificates,
      Optional<Path> passphraseFile,
      List<String> passphraseCommand) {}

  /**
   * What signs where the key is not in a file. A program is a name to look for, or an absolute
   * path.
   *
   * @param gpgHome the home of that gpg; empty for the user's own
   * @param qrexec empty: where Qubes has it
   * @param vault the qube that holds the key
   * @param timeout how long a program may give no sign
   */
  public record Programs(
      String gpg,
      Optional<Path> gpgHome,
      String splitGpg,
      Optional<String> qrexec,
      Optional<QubeName> vault,
      Duration timeout) {}

  /**
   * A place to publish to.
   *
   * @param server what clients use, and what the stranger's check fetches from
   * @param layout empty: the best that the store can do
   * @param transfers how much at a time, how fast and how stubbornly
   * @param page whether a landing page is kept beside the repository
   * @param bucket how it is reached if it is one
   * @param ssh for those that are reached over SSH
   * @param web for those that are reached over HTTP
   */
  public record Target(
      String name,
      Location url,
      Optional<URI> server,
      Optional<TargetLayout> layout,
      Optional<Location> templates,
      Optional<URI> templatesServer,
      Transfers transfers,
      boolean page,
      S3Settings bucket,
      Ssh ssh,
      Web web) {
    /** Whether it is a bucket. */
    public boolean isBucket() {
      return url instanceof Location.Remote remote && remote.scheme().equals("s3");
    }
  }

  /**
   * How bytes get to a target.
   *
   * @param parallel how many files are sent at a time; empty: what suits the store
   * @param bandwidth in bytes per second, for all of them together
   */
  public record Transfers(OptionalInt parallel, OptionalLong bandwidth, RetryPolicy retries) {}

  /**
   * How a host is reached over SSH, where it is not as the user's ssh configuration says.
   *
   * @param identityFile the private key to use
   * @param knownHosts the file with the keys of hosts
   * @param jump hosts to go through: {@code [user@]host[:port],...}
   */
  public record Ssh(
      Optional<Path> identityFile, Optional<Path> knownHosts, Optional<String> jump) {}

  /**
   * How clients use the repository.
   *
   * @param priority where it stands among Qubes' own repositories
   * @param servers what they fetch from; empty: what the target says
   */
  public record Client(DropInPriority priority, List<ServerUrl> servers) {}

  /**
   * The keyring package.
   *
   * @param name of the keyring; empty: the repository's
   * @param description of the package; empty: one that names the repository
   * @param keys files with certificates of further keys that clients shall trust
   * @param next the file with the certificate of the key that will sign next
   * @param revoked keys that clients shall trust no more
   * @param dropIn whether the package makes clients use the repository
   * @param replaceOfficial whether it takes the place of Qubes' own keyring
   */
  public record Keyring(
      Optional<KeyringName> name,
      Optional<String> description,
      List<Path> keys,
      Optional<Path> next,
      List<Fingerprint> revoked,
      boolean dropIn,
      boolean replaceOfficial) {}

  /**
   * How a web server that takes files is reached.
   *
   * @param dav whether it speaks WebDAV; if not, it takes PUT alone
   * @param netrcFile user names and passwords by host; empty: {@code ~/.netrc}
   * @param variables how the environment variables of this target's credentials begin
   * @param command program and arguments that tell them
   * @param caFile certificates that the server's is signed by
   * @param certificate ours, where the server asks for one
   * @param key ours, if it is not with the certificate
   */
  public record Web(
      boolean dav,
      Optional<Path> netrcFile,
      String variables,
      List<String> command,
      Optional<Path> caFile,
      Optional<Path> certificate,
      Optional<Path> key) {}

  /**
   * What published packages are compared with.
   *
   * @param against the distribution's databases, in the order of pacman.conf: files, or URLs that
   *     clients fetch from
   */
  public record Audit(List<Location> against) {}

  /**
   * The build stage.
   *
   * @param builder the directory of qubes-builder
   * @param kind empty: what the directory is
   * @param components what is built, in order; empty: the known ones
   * @param templates empty: the one of the distribution
   * @param artifacts where v2 puts what it makes; empty: in its directory
   * @param overrides sources that take the place of those fetched
   * @param origin where the builder itself comes from
   */
  public record Build(
      Optional<Path> builder,
      Optional<BuilderKind> kind,
      BuildDist dist,
      List<ComponentName> components,
      List<BuildTemplate> templates,
      BuildSupply supply,
      Executor executor,
      Optional<Path> artifacts,
      ComponentSources sources,
      Map<ComponentName, Path> overrides,
      BuilderSource origin) {
    /** The templates to build, at least one. */
    public List<BuildTemplate> templatesOrDefault() {
      return templates.isEmpty() ? List.of(BuildTemplate.of(dist)) : templates;
    }
  }

  /**
   * What builds draw on.
   *
   * @param mirrors of the distribution; empty: the builder's
   * @param rootSize of a template's root image; empty: the builder's
   */
  public record BuildSupply(
      List<String> mirrors, OfficialPackages official, Optional<String> rootSize) {}

  /**
   * Where v2 builds.
   *
   * @param type empty: what the builder's example says
   * @param image for containers
   * @param dispvm for disposables
   */
  public record Executor(
      Optional<BuildExecutor> type, Optional<String> image, Optional<String> dispvm) {}

  /**
   * Where the sources of components come from, if not from where the builder says.
   *
   * @param urls that git clones from
   */
  public record ComponentSources(
      Map<ComponentName, String> urls, Map<ComponentName, String> branches) {}

  /**
   * Where the builder comes from, and who may have signed it.
   *
   * @param url empty: Qubes' own
   * @param branch empty: the one that is checked out, or the server's first
   * @param masterKey the key that certifies the developers'; empty: Qubes' own
   * @param keys files, and URLs of files, with certificates
   */
  public record BuilderSource(
      Optional<Location> url,
      Optional<String> branch,
      Optional<Fingerprint> masterKey,
      List<Location> keys) {}
}
