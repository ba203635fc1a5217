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
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;

/**
 * The keys that are offered to a server: those files that an agent holds too, by the agent; then
 * the other files; then what else the agent holds. The passphrase of a file is asked for once, when
 * a server would take its key.
 */
final class Identities implements IdentityRepository {
  private final List<Identity> identities;

  private Identities(List<Identity> identities) {
    this.identities = List.copyOf(identities);
  }

  static Identities of(SshHost host, SftpSettings settings) throws StoreException {
    List<Identity> held = agent(settings.agent());
    List<Identity> files = new ArrayList<>();
    for (Path file : host.identities()) {
      files.addAll(read(file, settings.passphrases()));
    }
    List<Identity> all = new ArrayList<>();
    for (Identity file : files) {
      all.add(held.stream().filter(agent -> isSame(agent, file)).findFirst().orElse(file));
    }
    held.stream().filter(agent -> !all.contains(agent)).forEach(all::add);
    return new Identities(all);
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
      throws StoreException {
    try {
      JSch reader = new JSch();
      reader.addIdentity(file.toString());
      return reader.getIdentityRepository().getIdentities().stream()
          .map(key -> key.isEncrypted() ? (Identity) new Locked(key, file, passphrases) : key)
          .toList();
    } catch (JSchException e) {
      throw new StoreException(
          Kind.DENIED, "cannot use the key " + file + ": " + e.getMessage(), e);
    }
  }

  private static boolean isSame(Identity one, Identity other) {
    byte[] key = other.getPublicKeyBlob();
    return key != null && Arrays.equals(one.getPublicKeyBlob(), key);
  }

  /** For messages: what there is to offer. */
  String names() {
    return identities.isEmpty()
        ? "no key was found to offer"
        : "offered " + String.join(", ", identities.stream().map(Identity::getName).toList());
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

    Locked(Identity key, Path file, SftpSettings.Passphrases passphrases) {
      this.key = key;
      this.file = file;
      this.passphrases = passphrases;
    }

    @Override
    public boolean setPassphrase(byte[] passphrase) throws JSchException {
      return key.setPassphrase(passphrase);
    }

    @Override
    public byte[] getPublicKeyBlob() {
      return key.getPublicKeyBlob();
    }

    @Override
    public byte[] getSignature(byte[] data) {
      return key.getSignature(data);
    }

    @Override
    public byte[] getSignature(byte[] data, String algorithm) {
      return key.getSignature(data, algorithm);
    }

    @Override
    public String getAlgName() {
      return key.getAlgName();
    }

    @Override
    public String getName() {
      return key.getName();
    }

    @Override
    public synchronized boolean isEncrypted() {
      if (key.isEncrypted() && !asked) {
        asked = true;
        unlock();
      }
      return key.isEncrypted();
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
