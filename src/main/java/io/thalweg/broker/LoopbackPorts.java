package io.thalweg.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Ports on 127.0.0.1. */
final class LoopbackPorts {
  private static final int CONNECT_WITHIN_MS = 1_000;

  private LoopbackPorts() {}

  /** Always IPv4, as the listeners are; the platform's own loopback address may be ::1. */
  private static InetSocketAddress loopback(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
  }

  /** Whether somebody accepts connections at a port. */
  static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(loopback(port), CONNECT_WITHIN_MS);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Whether a port can be listened at; 0 is none. */
  static boolean isFree(int port) {
    if (port == 0) {
      return false;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(loopback(port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  /**
   * A port that nobody holds now.
   *
   * @throws BrokerException when there is none
   */
  static int anyFree() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(loopback(0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new BrokerException("no free port on 127.0.0.1", e);
    }
  }

  /** A free port other than one that is promised, though nobody holds that yet. */
  static int freeBeside(int port) {
    int other = anyFree();
    while (other == port) {
      other = anyFree();
    }
    return other;
  }
}
