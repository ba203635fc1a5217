package org.qrepo.store.sftp;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.Identity;
import com.jcraft.jsch.IdentityRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SSHAgentConnector;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import org.jspecify.annotations.Nullable;

/**
 * The keys that are offered to a server: those files that an agent holds too, by the agent; then
 * the other files; then what else the agent holds. The passphrase of a file is asked for once, when
 * a server would take its key. A file that cannot be used is passed over, as ssh does.
 */
final class Identities implements IdentityRepository {
  private final List<Identity> identities;
  private final List<String> unreadable;

  private Identities(List<Identity> identities, List<String> unreadable) {
    this.identities = List.copyOf(identities);
    this.unreadable = List.copyOf(unreadable);
  }

  static Identities of(SshHost host, SftpSettings settings) {
    List<Identity> held = agent(settings.agent());
    List<Identity> files = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    for (Path file : host.identities()) {
      try {
        files.addAll(read(file, settings.passphrases()));
      } catch (JSchException e) {
        unreadable.add(file + " cannot be read as a key: " + e.getMessage());
      }
    }
    List<Identity> all = new ArrayList<>();
    for (Identity file : files) {
      all.add(held.stream().filter(agent -> isSame(agent, file)).findFirst().orElse(file));
    }
    held.stream().filter(agent -> !all.contains(agent)).forEach(all::add);
    return new Identities(all, unreadable);
  }

  private static List<Identity> agent(Optional<Path> socket) {
    if (socket.isEmpty() || !Files.exists(socket.get())) {
      return List.of();
    }
    try {
      return List.copyOf(
          new AgentIdentityRepository(new SSHAgentConnector(socket.get())).getIdentities());
    } catch (AgentProxyException e) {
      return List.of();
    }
  }

  private static List<Identity> read(Path file, SftpSettings.Passphrases passphrases)
      throws JSchException {
    JSch reader = new JSch();
    reader.addIdentity(file.toString());
    return reader.getIdentityRepository().getIdentities().stream()
        .map(key -> key.isEncrypted() ? (Identity) new Locked(key, file, passphrases) : key)
        .toList();
  }

  private static boolean isSame(Identity one, Identity other) {
    byte[] key = other.getPublicKeyBlob();
    return key != null && Arrays.equals(one.getPublicKeyBlob(), key);
  }

  /** For messages: what was offered, and why the rest was not. */
  String names() {
    List<String> words = new ArrayList<>();
    List<String> offered =
        identities.stream().filter(key -> trouble(key).isEmpty()).map(Identity::getName).toList();
    words.add(
        offered.isEmpty() ? "no key was found to offer" : "offered " + String.join(", ", offered));
    identities.forEach(key -> trouble(key).ifPresent(words::add));
    words.addAll(unreadable);
    return String.join("; ", words);
  }

  private static Optional<String> trouble(Identity key) {
    return key instanceof Locked locked ? locked.trouble() : Optional.empty();
  }

  @Override
  public String getName() {
    return "qrepo";
  }

  @Override
  public int getStatus() {
    return RUNNING;
  }

  @Override
  @SuppressWarnings("JdkObsolete") // the library's interface
  public Vector<Identity> getIdentities() {
    return new Vector<>(identities);
  }

  @Override
  public boolean add(byte[] identity) {
    return false;
  }

  @Override
  public boolean remove(byte[] blob) {
    return false;
  }

  @Override
  public void removeAll() {
    identities.forEach(Identity::clear);
  }

  /** A key file with a passphrase, which opens itself when it has to sign. */
  private static final class Locked implements Identity {
    private final Identity key;
    private final Path file;
    private final SftpSettings.Passphrases passphrases;
    private boolean asked;
    private boolean answered;

    Locked(Identity key, Path file, SftpSettings.Passphrases passphrases) {
      this.key = key;
      this.file = file;
      this.passphrases = passphrases;
    }

    /** Why the server could have none of it, if that is so. */
    synchronized Optional<String> trouble() {
      if (!asked || !key.isEncrypted()) {
        return Optional.empty();
      }
      return Optional.of(
          "the passphrase of "
              + file
              + (answered
                  ? " is another one"
                  : " is not known: use ssh-add, or run it on a terminal"));
    }

    /** Nobody but this class has one. */
    @Override
    public boolean setPassphrase(byte[] passphrase) {
      return true;
    }

    @Override
    public byte[] getPublicKeyBlob() {
      return key.getPublicKeyBlob();
    }

    @Override
    public byte @Nullable [] getSignature(byte[] data) {
      return key.isEncrypted() ? null : key.getSignature(data);
    }

    /** Null if it stayed locked: then the library goes on with the next key. */
    @Override
    public byte @Nullable [] getSignature(byte[] data, String algorithm) {
      return key.isEncrypted() ? null : key.getSignature(data, algorithm);
    }

    @Override
    public String getAlgName() {
      return key.getAlgName();
    }

    @Override
    public String getName() {
      return key.getName();
    }

    /** Never: the library gives up all keys where it knows no passphrase for one. */
    @Override
    public synchronized boolean isEncrypted() {
      if (key.isEncrypted() && !asked) {
        asked = true;
        unlock();
      }
      return false;
    }

    @Override
    public void clear() {
      key.clear();
    }

    private void unlock() {
      Optional<char[]> passphrase = passphrases.of(file);
      if (passphrase.isEmpty()) {
        return;
      }
      answered = true;
      ByteBuffer encoded = ByteBuffer.allocate(4 * passphrase.get().length);
      CharBuffer text = CharBuffer.wrap(passphrase.get());
      if (StandardCharsets.UTF_8.newEncoder().encode(text, encoded, true).isError()) {
        return;
      }
      encoded.flip();
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      try {
        key.setPassphrase(bytes);
      } catch (JSchException e) {
        key.clear();
      } finally {
        Arrays.fill(passphrase.get(), '\0');
        Arrays.fill(encoded.array(), (byte) 0);
        Arrays.fill(bytes, (byte) 0);
      }
    }
  }
}
