package org.qrepo.client.page;

import java.util.List;

/**
 * One step of a user.
 *
 * @param title what is done, in a few words
 * @param explanation where and why, in a sentence or two; may be empty
 * @param commands lines for a shell, to be pasted together
 */
public record Instruction(String title, String explanation, List<String> commands) {
  public Instruction {
    commands = List.copyOf(commands);
  }
}
