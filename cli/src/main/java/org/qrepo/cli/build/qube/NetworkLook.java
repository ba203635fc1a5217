package org.qrepo.cli.build.qube;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.doctor.Result;

/** Looks at the way to sources and mirrors, without going it. */
final class NetworkLook {
  private static final List<String> PROXIES = List.of("https_proxy", "http_proxy", "all_proxy");

  private NetworkLook() {}

  static List<Result> results(QubeSystem system, Qube qube, Optional<BuilderKind> kind) {
    List<Result> results = new ArrayList<>();
    if (qube.isQube() && qube.gateway().isEmpty()) {
      results.add(
          Result.warning(
              "network",
              qube.named(),
              "has no network, and builds fetch sources and Arch's packages",
              "In dom0: qvm-prefs %s netvm sys-firewall".formatted(qube.named())));
    } else if (system.lines("/etc/resolv.conf").stream().noneMatch(NetworkLook::isServer)) {
      results.add(
          Result.warning(
              "network", "/etc/resolv.conf", "names no server, so that no name can be looked up"));
    }
    proxy(system)
        .filter(name -> !kind.equals(Optional.of(BuilderKind.V2)))
        .ifPresent(
            name ->
                results.add(
                    Result.warning(
                        "proxy",
                        name,
                        "is set, and the classic builder takes its proxy from REPO_PROXY instead",
                        "REPO_PROXY := http://HOST:PORT in builder.conf")));
    return Result.orOk(results, Result.ok("network", "this machine", "is set up to reach mirrors"));
  }

  private static boolean isServer(String line) {
    return line.strip().startsWith("nameserver ");
  }

  private static Optional<String> proxy(QubeSystem system) {
    return PROXIES.stream()
        .flatMap(name -> List.of(name, name.toUpperCase(Locale.ROOT)).stream())
        .filter(name -> !system.environment().getOrDefault(name, "").isEmpty())
        .findFirst();
  }
}
