package org.qrepo.cli.signing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.Passphrase;

/**
 * Asks for a passphrase where the user said it is, in this order: {@code QREPO_PASSPHRASE}, the
 * configured file, the configured command, the terminal. It is never an argument of a process.
 */
public final class PassphraseSources implements Passphrase {
  private static final int MAX_LENGTH = 4096;
  private static final int COMMAND_SECONDS = 120;

  private final Session session;
  private final Config.Signing signing;

  public PassphraseSources(Session session, Config.Signing signing) {
    this.session = session;
    this.signing = signing;
  }

  @Override
  public char[] ask(String key) {
    String variable = session.environment().get("QREPO_PASSPHRASE");
    if (variable != null) {
      return variable.toCharArray();
    }
    if (signing.passphraseFile().isPresent()) {
      return read(signing.passphraseFile().get());
    }
    if (!signing.passphraseCommand().isEmpty()) {
      return run(signing.passphraseCommand());
    }
    Optional<char[]> typed = session.terminal().readSecret("Passphrase of " + key + ": ");
    return typed.orElseThrow(
        () ->
            new SigningException(
                key
                    + " is protected by a passphrase, and there is no terminal to ask on\n"
                    + "Give it by --passphrase-file, signing.passphrase-command or QREPO_PASSPHRASE."));
  }

  private static char[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return firstLine(in.readNBytes(MAX_LENGTH));
    } catch (IOException e) {
      throw new SigningException("the passphrase file " + file + " cannot be read: " + e, e);
    }
  }

  private static char[] run(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .start();
      byte[] output = process.getInputStream().readNBytes(MAX_LENGTH);
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new SigningException(command.get(0) + " gave no passphrase in time");
      }
      if (process.exitValue() != 0) {
        throw new SigningException(
            command.get(0) + " gave no passphrase: exit status " + process.exitValue());
      }
      return firstLine(output);
    } catch (IOException e) {
      throw new SigningException("signing.passphrase-command: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SigningException("interrupted while " + command.get(0) + " ran", e);
    }
  }

  private static char[] firstLine(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    if (end > 0 && bytes[end - 1] == '\r') {
      end--;
    }
    CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes, 0, end));
    char[] passphrase = Arrays.copyOf(text.array(), text.length());
    Arrays.fill(text.array(), '\0');
    Arrays.fill(bytes, (byte) 0);
    return passphrase;
  }
}
