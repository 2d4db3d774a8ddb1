import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;
import org.apache.dubbo.remoting.http.servlet.DispatcherServlet;
import org.apache.dubbo.rpc.RpcContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.servlet.ServletHandler;
import shop.Attachments;
import shop.Item;
import shop.Order;
import shop.OutOfStock;
import shop.Shop;

/** Dubbo 2.7 by its protocol `hessian`: serves at the port that is its argument, and calls each URL that its input has. */
public class DubboPeer {
  public static void main(String[] args) throws Exception {
    System.setProperty("dubbo.application.logger", "slf4j");
    int port = Integer.parseInt(args[0]);
    // By a servlet, since its own Jetty listens on every interface.
    Server jetty = new Server(new InetSocketAddress("127.0.0.1", port));
    ServletHandler handler = new ServletHandler();
    handler.addServletWithMapping(DispatcherServlet.class, "/*").setInitOrder(1);
    jetty.setHandler(handler);
    jetty.start();
    ApplicationConfig application = new ApplicationConfig("peer");
    application.setQosEnable(false);
    ProtocolConfig protocol = new ProtocolConfig("hessian", port);
    protocol.setHost("127.0.0.1");
    protocol.setServer("servlet");
    DubboBootstrap bootstrap = DubboBootstrap.getInstance();
    bootstrap.application(application).registry(new RegistryConfig(RegistryConfig.NO_AVAILABLE)).protocol(protocol);
    bootstrap.service(service(Shop.class, new ShopImpl()));
    bootstrap.start();
    System.out.println("ready");
    Scanner lines = new Scanner(System.in);
    while (lines.hasNextLine()) {
      String[] words = lines.nextLine().split(" ");
      try {
        call(words[0], words[1], words[2]);
      } catch (Throwable thrown) {
        tell("failed", thrown + " " + thrown.getCause());
      }
      System.out.println("done");
    }
    System.exit(0);
  }

  private static <T> ServiceConfig<T> service(Class<T> type, T service) {
    ServiceConfig<T> config = new ServiceConfig<>();
    config.setInterface(type);
    config.setRef(service);
    return config;
  }

  private static <T> T refer(Class<T> type, String url, String version, String group) {
    ReferenceConfig<T> config = new ReferenceConfig<>();
    config.setInterface(type);
    config.setUrl(url);
    config.setTimeout(10_000);
    config.setRetries(0);
    if (!version.equals("-")) config.setVersion(version);
    if (!group.equals("-")) config.setGroup(group);
    return config.get();
  }

  private static void call(String url, String version, String group) {
    Shop shop = refer(Shop.class, url, version, group);
    tell("add", shop.add(2, 40));
    Order order = new Order();
    Item item = new Item();
    item.sku = "a";
    order.id = 5;
    order.customer = "Ada \ud83d\ude00";
    order.items = new ArrayList<>(List.of(item));
    order.colors = new ArrayList<>();
    order.data = new byte[0];
    order.counts = new java.util.HashMap<>();
    Order placed = shop.place(order, 2, "n");
    tell("place", placed.id + " " + placed.note + " " + placed.items.get(0).sku);
    try {
      shop.fail("s");
    } catch (OutOfStock thrown) {
      tell("fail", thrown.getMessage() + " " + thrown.sku);
    }
    RpcContext.getContext().setAttachment("trace", "t1");
    tell("attachment", refer(Attachments.class, url.replace("shop.Shop", "shop.Attachments"), version, group).attachment("trace"));
  }

  private static void tell(String name, Object value) {
    System.out.println(name + ": " + String.valueOf(value).replace('\n', ' '));
  }

  public static class ShopImpl implements Shop {
    public Order place(Order order, long amount, String note) {
      order.id += amount;
      String trace = RpcContext.getContext().getAttachment("trace");
      order.note = trace == null ? note : note + " " + trace;
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
