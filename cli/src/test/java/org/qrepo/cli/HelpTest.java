package org.qrepo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What the help says of each command. */
class HelpTest {
  static Stream<CommandLine> commands() {
    return below(Commands.all(new GlobalOptions()));
  }

  private static Stream<CommandLine> below(CommandLine command) {
    return command.getSubcommands().values().stream()
        .flatMap(c -> Stream.concat(Stream.of(c), below(c)));
  }

  /** The list of commands shows no more of a description than its first line. */
  @ParameterizedTest
  @MethodSource("commands")
  void aDescriptionBeginsWithASentence(CommandLine command) {
    String[] lines = command.getCommandSpec().usageMessage().description();
    assertThat(lines).as(command.getCommandSpec().qualifiedName()).isNotEmpty();
    assertThat(lines[0]).as(command.getCommandSpec().qualifiedName()).endsWith(".");
  }
}
