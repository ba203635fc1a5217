package org.qrepo.cli.command;

import java.util.Locale;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a script that completes qrepo's words in a shell. */
@CommandLine.Command(
    name = "completion",
    description = "Write a completion script for bash, zsh or fish.",
    footer = {
      "",
      "  bash:  qrepo completion bash > ~/.local/share/bash-completion/completions/qrepo",
      "  zsh:   qrepo completion zsh > ~/.zfunc/_qrepo   (with ~/.zfunc in fpath)",
      "  fish:  qrepo completion fish > ~/.config/fish/completions/qrepo.fish"
    })
public final class CompletionCommand implements Command {
  @Parameters(index = "0", paramLabel = "SHELL", description = "bash, zsh or fish.")
  private Shell shell;

  @Spec private CommandSpec spec;

  /** The shells that there are scripts for. */
  enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public Answer run(Session session) {
    CommandLine root = spec.root().commandLine();
    String script =
        switch (shell) {
          case BASH -> AutoComplete.bash("qrepo", root);
          case ZSH -> "#compdef qrepo\n" + AutoComplete.bash("qrepo", root);
          case FISH -> FishCompletion.of(root);
        };
    session.console().document(script);
    return Answer.done(json -> json.field("shell", shell.toString()).field("script", script));
  }
}
