package org.qrepo.store.sftp;

import com.jcraft.jsch.ConfigRepository;
import com.jcraft.jsch.OpenSSHConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;

/**
 * What the settings and {@code ~/.ssh/config} say of hosts: {@code Hostname}, {@code User}, {@code
 * Port}, {@code IdentityFile}, {@code UserKnownHostsFile}, {@code HostKeyAlias} and {@code
 * ProxyJump}.
 */
final class SshHosts {
  private static final int MAX_JUMPS = 8;
  private static final List<String> USUAL_KEYS = List.of("id_ed25519", "id_ecdsa", "id_rsa");

  private final SftpSettings settings;
  private final ConfigRepository config;

  private SshHosts(SftpSettings settings, ConfigRepository config) {
    this.settings = settings;
    this.config = config;
  }

  static SshHosts read(SftpSettings settings) throws StoreException {
    Optional<Path> file = settings.home().map(home -> home.resolve(".ssh/config"));
    if (file.isEmpty() || !Files.isRegularFile(file.get())) {
      return new SshHosts(settings, ConfigRepository.nullConfig);
    }
    try {
      return new SshHosts(settings, OpenSSHConfig.parseFile(file.get().toString()));
    } catch (IOException e) {
      throw new StoreException(
          Kind.PERMANENT, "cannot read " + file.get() + ": " + e.getMessage(), e);
    }
  }

  /** The host of a target, with the hosts on the way. */
  SshHost target(SftpAddress address) throws StoreException {
    ConfigRepository.Config entry = config.getConfig(address.host());
    if (value(entry, "ProxyCommand").filter(c -> !c.equals("none")).isPresent()) {
      throw new StoreException(
          Kind.PERMANENT,
          address.host() + " has a ProxyCommand in .ssh/config, which is not run; use ProxyJump");
    }
    return host(address, entry, settings.identities(), jumps(address, entry));
  }

  private List<SshHost> jumps(SftpAddress address, ConfigRepository.Config entry)
      throws StoreException {
    String chain = settings.jump().or(() -> value(entry, "ProxyJump")).orElse("none");
    if (chain.equals("none") || chain.isBlank()) {
      return List.of();
    }
    List<SshHost> hosts = new ArrayList<>();
    for (String text : chain.split(",", MAX_JUMPS + 1)) {
      Optional<SftpAddress> place = SftpAddress.place(text.strip());
      if (place.isEmpty() || hosts.size() == MAX_JUMPS) {
        throw new StoreException(
            Kind.PERMANENT,
            String.format(
                "'%s' names no hosts to go through to %s: write [USER@]HOST[:PORT],...",
                chain, address.host()));
      }
      hosts.add(host(place.get(), config.getConfig(place.get().host()), List.of(), List.of()));
    }
    return hosts;
  }

  private SshHost host(
      SftpAddress address,
      ConfigRepository.Config entry,
      List<Path> identities,
      List<SshHost> jumps) {
    String hostname =
        Optional.ofNullable(entry.getHostname())
            .map(name -> name.replace("%h", address.host()))
            .orElse(address.host());
    int port = address.port().orElse(entry.getPort() > 0 ? entry.getPort() : SshHost.STANDARD_PORT);
    String user =
        address.user().or(() -> Optional.ofNullable(entry.getUser())).orElse(settings.user());
    return new SshHost(
        value(entry, "HostKeyAlias").orElse(hostname),
        hostname,
        port,
        user,
        identities.isEmpty() ? identities(entry, hostname, user) : identities,
        knownHosts(entry, hostname, user),
        jumps);
  }

  private List<Path> identities(ConfigRepository.Config entry, String host, String user) {
    List<Path> chosen = new ArrayList<>(paths(entry, "IdentityFile", host, user));
    if (chosen.isEmpty()) {
      USUAL_KEYS.forEach(name -> inSsh(name).ifPresent(chosen::add));
      settings.identities().forEach(chosen::add);
    }
    return chosen.stream().filter(Files::isRegularFile).distinct().toList();
  }

  private List<Path> knownHosts(ConfigRepository.Config entry, String host, String user) {
    if (!settings.knownHosts().isEmpty()) {
      return settings.knownHosts();
    }
    List<Path> chosen = paths(entry, "UserKnownHostsFile", host, user);
    Stream<Path> users =
        chosen.isEmpty()
            ? Stream.of("known_hosts", "known_hosts2").flatMap(name -> inSsh(name).stream())
            : chosen.stream();
    return Stream.concat(users, Stream.of(Path.of("/etc/ssh/ssh_known_hosts"))).toList();
  }

  private Optional<Path> inSsh(String name) {
    return settings.home().map(home -> home.resolve(".ssh").resolve(name));
  }

  private List<Path> paths(ConfigRepository.Config entry, String key, String host, String user) {
    String @Nullable [] values = entry.getValues(key);
    if (values == null) {
      return List.of();
    }
    return Stream.of(values)
        .flatMap(value -> Stream.of(value.strip().split("\\s+")))
        .filter(value -> !value.isEmpty() && !value.equals("none"))
        .flatMap(value -> path(value, host, user).stream())
        .toList();
  }

  private Optional<Path> path(String text, String host, String user) {
    String bare = text.replaceAll("^\"|\"$", "").replace("%h", host).replace("%r", user);
    if (!bare.startsWith("~/") && !bare.contains("%d")) {
      return Optional.of(Path.of(bare)).filter(Path::isAbsolute);
    }
    return settings
        .home()
        .map(home -> Path.of(bare.replaceFirst("^~", "%d").replace("%d", home.toString())));
  }

  private static Optional<String> value(ConfigRepository.Config entry, String key) {
    return Optional.ofNullable(entry.getValue(key)).map(String::strip);
  }
}
