package org.qrepo.store.ground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;
import org.qrepo.store.dav.WebServer;

/** The grounds that there are. Each is started when it is first asked for, and ends with Java. */
public enum Grounds {
  LOCAL("pointer plain"),
  SFTP("pointer plain"),
  S3("plain"),
  APACHE("plain"),
  NGINX("plain");

  private static final Map<Grounds, Ground> RUNNING = new ConcurrentHashMap<>();

  private final String layouts;

  Grounds(String layouts) {
    this.layouts = layouts;
  }

  /** The layouts that it can hold, as the configuration names them, the default one first. */
  public List<String> layouts() {
    return List.of(layouts.split(" ", -1));
  }

  /** The one of this process, which all tests share: each works in folders of its own. */
  public Ground get() {
    return RUNNING.computeIfAbsent(this, Grounds::start);
  }

  private Ground start() {
    try {
      // Web servers are other users at times.
      Path folder = Files.createTempDirectory("qg");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(folder)));
      return start(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Ground start(Path folder) {
    try {
      return switch (this) {
        case LOCAL -> new LocalGround(folder);
        case SFTP -> SftpGround.start(folder);
        case S3 -> BucketGround.start(folder);
        case APACHE -> DavGround.of(WebServer.apache(folder.resolve("apache")), folder);
        case NGINX -> DavGround.of(WebServer.nginx(folder.resolve("nginx")), folder);
      };
    } catch (TestAbortedException | AssertionError e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("no ground of kind " + this, e);
    }
  }

  private void end(Path folder) {
    Ground ground = RUNNING.get(this);
    if (ground != null) {
      ground.close();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      System.err.println("left behind: " + folder + ": " + e);
    }
  }
}
