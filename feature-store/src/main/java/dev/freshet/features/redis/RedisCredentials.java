package dev.freshet.features.redis;

import java.io.Serializable;
import java.util.List;

/**
 * Who a client is.
 *
 * @param user the ACL user, empty for Redis' default user
 * @param password the password, empty for none; never part of {@link #toString()}
 */
public record RedisCredentials(String user, String password) implements Serializable {
  /** The default user, without a password. */
  public static final RedisCredentials NONE = new RedisCredentials("", "");

  void check(String whose, List<String> errors) {
    if (!user.isEmpty() && password.isEmpty()) {
      errors.add("there is a " + whose + "user but no " + whose + "password");
    }
  }

  @Override
  public String toString() {
    return (user.isEmpty() ? "the default user" : "user " + user)
        + (password.isEmpty() ? " without a password" : " with a password");
  }
}
