package org.qrepo.store.sftp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.qrepo.store.Programs;

/**
 * A real OpenSSH server on a free port of the loopback address, with keys and a configuration of
 * its own. It runs as the user who runs the tests, whom it lets in with the key in {@code
 * .ssh/id_ed25519} of {@link #home}.
 */
@NullMarked
public final class Sshd implements AutoCloseable {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(90);

  private final Path folder;
  private final int port;
  private Process process;

  private Sshd(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /**
   * Starts one and waits until it answers.
   *
   * @param folder to make
   * @param directives for its configuration
   */
  public static Sshd start(Path folder, String... directives) throws IOException {
    Programs.need("sshd");
    Programs.need("ssh-keygen");
    Files.createDirectories(folder.resolve("home/.ssh"));
    int port = freePort();
    key(folder.resolve("host_ed25519"), "ed25519", "");
    key(folder.resolve("home/.ssh/id_ed25519"), "ed25519", "");
    Files.copy(folder.resolve("home/.ssh/id_ed25519.pub"), folder.resolve("authorized_keys"));
    String configuration =
        """
        ListenAddress 127.0.0.1
        Port PORT
        HostKey FOLDER/host_ed25519
        PidFile none
        AuthorizedKeysFile FOLDER/authorized_keys
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        PermitRootLogin yes
        MaxStartups 100
        LogLevel VERBOSE
        """
            .replace("PORT", "" + port)
            .replace("FOLDER", folder.toString());
    List<String> lines = new ArrayList<>(List.of(directives));
    if (lines.stream().noneMatch(line -> line.startsWith("Subsystem"))) {
      lines.add("Subsystem sftp internal-sftp");
    }
    Files.writeString(
        folder.resolve("sshd_config"), configuration + String.join("\n", lines) + "\n");
    Sshd sshd = new Sshd(folder, port, launch(folder));
    sshd.awaitReady();
    sshd.trust(folder.resolve("home/.ssh/known_hosts"));
    return sshd;
  }

  /** Makes a private key and its {@code .pub}. */
  public static Path key(Path file, String type, String passphrase) throws IOException {
    try {
      Programs.Outcome made =
          Programs.run(
              List.of(
                  Programs.need("ssh-keygen"),
                  "-q",
                  "-t",
                  type,
                  "-N",
                  passphrase,
                  "-C",
                  "test",
                  "-f",
                  file.toString()));
      if (made.status() != 0) {
        throw new IOException(made.output());
      }
      return file;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Adds the server's key to a file of known hosts. */
  public void trust(Path knownHosts) throws IOException {
    Files.writeString(knownHosts, knownHost() + "\n");
  }

  /** What {@code known_hosts} must hold. */
  public String knownHost() throws IOException {
    String[] key = Files.readString(folder.resolve("host_ed25519.pub")).split(" ", -1);
    return "[127.0.0.1]:" + port + " " + key[0] + " " + key[1];
  }

  /** Lets a key in, too. */
  public void allow(Path key) throws IOException {
    Path file = folder.resolve("authorized_keys");
    Files.writeString(file, Files.readString(file) + Files.readString(Path.of(key + ".pub")));
  }

  /** The home of a user whom it lets in and who knows its key. */
  public Path home() {
    return folder.resolve("home");
  }

  public int port() {
    return port;
  }

  /** A directory on this machine as a target. */
  public String url(Path directory) {
    return "sftp://127.0.0.1:" + port + directory;
  }

  public SftpSettings settings() {
    return SftpSettings.of(System.getProperty("user.name"), home());
  }

  public String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  /** Ends the connections there are, not the server. */
  public void endConnections() {
    connections().forEach(ProcessHandle::destroyForcibly);
  }

  /** Stops everything where it is; the kernel still takes what is sent. */
  public void freeze() throws Exception {
    signal("-STOP");
  }

  public void thaw() throws Exception {
    signal("-CONT");
  }

  private void signal(String signal) throws Exception {
    for (ProcessHandle handle :
        Stream.concat(Stream.of(process.toHandle()), connections()).toList()) {
      Programs.run(List.of(Programs.need("sh"), "-c", "kill " + signal + " " + handle.pid()));
    }
  }

  private Stream<ProcessHandle> connections() {
    return process.descendants();
  }

  private static Process launch(Path folder) throws IOException {
    Path separation = Path.of("/run/sshd");
    if (System.getProperty("user.name").equals("root") && !Files.exists(separation)) {
      Files.createDirectory(
          separation,
          PosixFilePermissions.asFileAttribute(
              Set.copyOf(PosixFilePermissions.fromString("rwxr-xr-x"))));
    }
    return new ProcessBuilder(
            Programs.need("sshd"), "-D", "-e", "-f", folder.resolve("sshd_config").toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  private void awaitReady() throws IOException {
    long start = System.nanoTime();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - start > PATIENCE) {
        close();
        throw new IOException("sshd does not start: " + log());
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> all = connections().toList();
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
