package org.qrepo.cli.keys;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.program.ProgramOutput;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.Passphrase;

/**
 * Finds the passphrase of a key: the file that a flag names, QREPO_PASSPHRASE, the configured file,
 * the configured command, a prompt on the terminal; the first that there is.
 */
public final class Passphrases implements Passphrase {
  private static final int MAX_BYTES = 4096;
  private static final String VARIABLE = "QREPO_PASSPHRASE";
  private static final Set<PosixFilePermission> OPEN =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final Session session;
  private final Optional<Path> flag;
  private final Optional<Path> configured;
  private final List<String> command;

  /**
   * @param flag what {@code --passphrase-file} said
   */
  public Passphrases(Session session, Config config, Optional<Path> flag) {
    this.session = session;
    this.flag = flag;
    this.configured = config.signing().passphraseFile();
    this.command = config.signing().passphraseCommand();
  }

  @Override
  public char[] ask(String key) {
    return given()
        .or(() -> session.terminal().readSecret("Passphrase of " + key + ": "))
        .orElseThrow(() -> nobody(key));
  }

  /**
   * The passphrase for a key to be made; asked for twice. Empty if there is nobody to ask.
   *
   * @throws SigningException if the two differ
   */
  public Optional<char[]> askNew() {
    Optional<char[]> given = given();
    return given.isPresent() ? given : prompted();
  }

  private Optional<char[]> prompted() {
    Optional<char[]> first = session.terminal().readSecret("Passphrase for the new key: ");
    if (first.isPresent()) {
      char[] again = session.terminal().readSecret("Once more: ").orElse(new char[0]);
      boolean same = Arrays.equals(first.get(), again);
      Arrays.fill(again, '\0');
      if (!same) {
        Arrays.fill(first.get(), '\0');
        throw new SigningException("the two passphrases differ");
      }
    }
    return first;
  }

  private Optional<char[]> given() {
    if (flag.isPresent()) {
      return Optional.of(ofFile(flag.get()));
    }
    String variable = session.environment().get(VARIABLE);
    if (variable != null) {
      return Optional.of(variable.toCharArray());
    }
    if (configured.isPresent()) {
      return Optional.of(ofFile(configured.get()));
    }
    return command.isEmpty() ? Optional.empty() : Optional.of(ofCommand());
  }

  private char[] ofFile(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      if (Files.getPosixFilePermissions(file).stream().anyMatch(OPEN::contains)) {
        session
            .console()
            .warning(
                Finding.of(
                    "passphrase-file-open",
                    file.toString(),
                    "other users can read or write this passphrase",
                    "Close it: chmod 600 " + file));
      }
      return firstLine(in, file.toString());
    } catch (IOException e) {
      throw new SigningException("passphrase file " + file + " cannot be read: " + e, e);
    }
  }

  private char[] ofCommand() {
    String program = command.get(0);
    try {
      return ProgramOutput.ofCommand(command, session.cwd(), out -> firstLine(out, program))
          .orElseThrow(() -> new SigningException("passphrase command " + program + " failed"));
    } catch (IOException e) {
      throw new SigningException("passphrase command " + program + " failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SigningException("interrupted while the passphrase command ran", e);
    }
  }

  private static char[] firstLine(InputStream in, String source) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    try {
      int end = 0;
      while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
        end++;
      }
      if (end == 0 || end > MAX_BYTES) {
        throw new SigningException(
            source + ": its first line should be the passphrase, of at most 4096 bytes");
      }
      return decode(ByteBuffer.wrap(bytes, 0, end), source);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static char[] decode(ByteBuffer bytes, String source) {
    try {
      CharBuffer chars = StandardCharsets.UTF_8.newDecoder().decode(bytes);
      char[] passphrase = new char[chars.remaining()];
      chars.get(passphrase);
      Arrays.fill(chars.array(), '\0');
      return passphrase;
    } catch (CharacterCodingException e) {
      throw new SigningException(source + ": the passphrase is not UTF-8 text", e);
    }
  }

  private static SigningException nobody(String key) {
    return new SigningException(
        Finding.of(
            "passphrase-missing",
            "",
            key + " has a passphrase, and there is nobody to ask for it",
            "Give it in a file (--passphrase-file, signing.passphrase-file), by a command",
            "(signing.passphrase-command), or in the variable " + VARIABLE + "."));
  }
}
