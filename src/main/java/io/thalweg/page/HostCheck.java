package io.thalweg.page;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server for this machine alone is asked for by this machine's names alone. A page of somebody
 * else's whose host name was made to point to 127.0.0.1 sends that name, and is refused; so it
 * cannot read what the browser may read here.
 */
final class HostCheck {
  private static final Pattern LOOPBACK_ADDRESS = Pattern.compile("127(\\.[0-9]{1,3}){3}");
  private static final Set<String> LOOPBACK = Set.of("localhost", "[::1]");

  private final boolean anyName;
  private final String bound;

  HostCheck(String bind, InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    this.anyName = ip == null || !ip.isLoopbackAddress();
    this.bound = bind.toLowerCase(Locale.ROOT);
  }

  /** Whether a request with this {@code Host} is answered; every request of HTTP/1.1 has one. */
  boolean accepts(@Nullable String host) {
    if (anyName) {
      return true;
    }
    if (host == null) {
      return false;
    }
    int port = host.lastIndexOf(':');
    boolean address = host.endsWith("]"); // an address of IPv6 without a port
    String name = (port < 0 || address ? host : host.substring(0, port)).toLowerCase(Locale.ROOT);
    return LOOPBACK.contains(name)
        || name.equals(bound)
        || LOOPBACK_ADDRESS.matcher(name).matches();
  }
}
