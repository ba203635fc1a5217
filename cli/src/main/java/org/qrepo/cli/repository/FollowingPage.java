package org.qrepo.cli.repository;

import java.io.IOException;
import java.util.List;
import org.qrepo.RefusedException;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Failures;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.console.JsonFields;
import org.qrepo.publish.StoreKey;

/**
 * The landing page that follows a change of what is published, where the configuration wants it.
 */
public final class FollowingPage {
  private FollowingPage() {}

  /**
   * Renews the page. What was published stays so, whatever becomes of it.
   *
   * @param code how the publish went
   * @return how both went; the fields are those of the page
   */
  public static Answer renew(Console console, OpenTarget target, ExitCode code) {
    if (!target.configured().page()) {
      return new Answer(code, JsonFields.NONE);
    }
    try {
      List<String> written = target.renewPage().stream().map(StoreKey::value).toList();
      if (!written.isEmpty()) {
        console.detail("renewed " + String.join(", ", written));
      }
      return new Answer(code, json -> json.strings("page", written));
    } catch (IOException | RefusedException | UsageException e) {
      Failure failure = Failures.of(e, false);
      console.failure(failure);
      return Answer.afterwards(code, "page", failure);
    }
  }
}
