package org.qrepo.client.conf;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The directives that pacman knows. Source: pacman.conf(5) of 6.0 to 7.1. */
final class Directives {
  private static final Set<String> FLAGS =
      Set.of(
          "UseSyslog",
          "ILoveCandy",
          "VerbosePkgLists",
          "Color",
          "NoProgressBar",
          "CheckSpace",
          "DisableDownloadTimeout");

  private static final Set<String> VALUES =
      Set.of(
          "RootDir",
          "DBPath",
          "CacheDir",
          "LogFile",
          "GPGDir",
          "HookDir",
          "HoldPkg",
          "IgnorePkg",
          "IgnoreGroup",
          "NoUpgrade",
          "NoExtract",
          "Architecture",
          "XferCommand",
          "CleanMethod",
          "SigLevel",
          "LocalFileSigLevel",
          "RemoteFileSigLevel",
          "ParallelDownloads");

  /** Those of repositories; all of them need a value. */
  private static final Set<String> OF_REPOSITORIES = Set.of("Server", "SigLevel", "Usage");

  /** The version of pacman that first knew it. */
  private static final Map<String, String> NEWER =
      Map.of(
          "CacheServer", "6.1",
          "DownloadUser", "7.0",
          "DisableSandbox", "7.0",
          "DisableSandboxFilesystem", "7.1",
          "DisableSandboxSyscalls", "7.1");

  private Directives() {}

  /** Whether pacman 6.0 knows it in {@code [options]}, written with or without a value. */
  static boolean isOption(String key, boolean hasValue) {
    return hasValue ? VALUES.contains(key) : FLAGS.contains(key);
  }

  /** Whether pacman 6.0 knows it in the section of a repository. */
  static boolean isOfRepositories(String key) {
    return OF_REPOSITORIES.contains(key);
  }

  /** Since which version pacman knows a directive that 6.0 does not know. */
  static Optional<String> since(String key) {
    return Optional.ofNullable(NEWER.get(key));
  }
}
