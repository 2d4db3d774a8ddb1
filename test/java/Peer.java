import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import shop.Item;
import shop.Order;
import shop.OutOfStock;
import shop.Overloads;
import shop.Shop;

/** Both Hessian implementations of Java behind HTTP; prints its port, and ends when its input does. */
public class Peer {
  interface Handler {
    void handle(InputStream in, OutputStream out) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    com.caucho.hessian.test.TestHessian2Servlet service = new com.caucho.hessian.test.TestHessian2Servlet();
    com.caucho.hessian.server.HessianSkeleton test =
        new com.caucho.hessian.server.HessianSkeleton(service, com.caucho.hessian.test.TestHessian2.class);
    com.caucho.hessian.server.HessianSkeleton shop =
        new com.caucho.hessian.server.HessianSkeleton(new ShopImpl(), Shop.class);
    com.caucho.hessian.server.HessianSkeleton overloads =
        new com.caucho.hessian.server.HessianSkeleton(new OverloadsImpl(), Overloads.class);
    on(server, "/overloads", (in, out) -> overloads.invoke(in, out));
    on(server, "/test", (in, out) -> test.invoke(in, out));
    on(server, "/shop", (in, out) -> shop.invoke(in, out));
    // Caucho's client: calls a service elsewhere.
    on(server, "/client", (in, out) ->
        out.write(HessianClient.run(text(in).split(" ")).getBytes(StandardCharsets.UTF_8)));
    on(server, "/methods", (in, out) -> {
      for (Method method : com.caucho.hessian.test.TestHessian2.class.getMethods())
        line(out, method.getName() + " " + method.getParameterCount());
    });
    on(server, "/expected", (in, out) -> {
      Method method = service.getClass().getMethod(text(in));
      out.write(Describe.of(method.invoke(service)).getBytes(StandardCharsets.UTF_8));
    });
    for (boolean dubbo : new boolean[] {false, true}) {
      String path = dubbo ? "/dubbo" : "/caucho";
      on(server, path + "/describe", (in, out) ->
          out.write(Describe.of(read(dubbo, in)).getBytes(StandardCharsets.UTF_8)));
      on(server, path + "/echo", (in, out) -> write(dubbo, out, read(dubbo, in)));
      on(server, path + "/values", (in, out) -> {
        List<Object> table = new ArrayList<>();
        for (Map.Entry<String, Object> entry : Values.table(dubbo).entrySet()) {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          write(dubbo, bytes, entry.getValue());
          table.add(List.of(entry.getKey(), bytes.toByteArray(), Describe.of(entry.getValue())));
        }
        for (Object row : table) {
          List<?> one = (List<?>) row;
          StringBuilder hex = new StringBuilder();
          for (byte b : (byte[]) one.get(1)) hex.append(String.format("%02x", b));
          line(out, one.get(0) + "\t" + hex + "\t" + one.get(2));
        }
      });
    }
    server.setExecutor(java.util.concurrent.Executors.newFixedThreadPool(4));
    server.start();
    System.out.println("port " + server.getAddress().getPort());
    while (System.in.read() >= 0) {
    }
    System.exit(0);
  }

  static void on(HttpServer server, String path, Handler handler) {
    server.createContext(path, (HttpExchange exchange) -> {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      int status = 200;
      try {
        handler.handle(exchange.getRequestBody(), out);
      } catch (Throwable thrown) {
        Throwable cause = thrown.getCause() == null ? thrown : thrown.getCause();
        out.reset();
        out.write(String.valueOf(cause).getBytes(StandardCharsets.UTF_8));
        status = 500;
      }
      byte[] bytes = out.toByteArray();
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    });
  }

  static Object read(boolean dubbo, InputStream in) throws Exception {
    return dubbo
        ? new com.alibaba.com.caucho.hessian.io.Hessian2Input(in).readObject()
        : new com.caucho.hessian.io.Hessian2Input(in).readObject();
  }

  static void write(boolean dubbo, OutputStream out, Object value) throws Exception {
    if (dubbo) {
      com.alibaba.com.caucho.hessian.io.Hessian2Output output = new com.alibaba.com.caucho.hessian.io.Hessian2Output(out);
      output.writeObject(value);
      output.flush();
    } else {
      com.caucho.hessian.io.Hessian2Output output = new com.caucho.hessian.io.Hessian2Output(out);
      output.writeObject(value);
      output.flush();
    }
  }

  static String text(InputStream in) throws Exception {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  static void line(OutputStream out, String text) throws Exception {
    out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  public static class OverloadsImpl implements Overloads {
    public String of(int n) {
      return "int " + n;
    }

    public String of(String text) {
      return "string " + text;
    }

    public String of(int n, String text) {
      return "both " + n + " " + text;
    }

    public String of(Item item, long[] counts) {
      return "item " + item.sku + " " + counts.length;
    }
  }

  public static class ShopImpl implements Shop {
    public Order place(Order order, long amount, String note) {
      order.id += amount;
      order.note = note;
      return order;
    }

    public int add(int a, int b) {
      return a + b;
    }

    public void fail(String sku) {
      throw new OutOfStock("no " + sku, sku);
    }
  }
}
