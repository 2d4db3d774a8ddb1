import com.caucho.hessian.client.HessianProxyFactory;
import com.caucho.hessian.client.HessianRuntimeException;
import com.caucho.hessian.io.AbstractHessianInput;
import com.caucho.hessian.io.HessianServiceException;
import com.caucho.hessian.test.TestHessian2;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import shop.Color;
import shop.Item;
import shop.Order;
import shop.OutOfStock;
import shop.Overloads;
import shop.Shop;

/** Caucho's client, which calls what a URL serves and tells, line by line, what became of it. */
class HessianClient {
  interface Act {
    Object run() throws Exception;
  }

  interface Nobody {
    int nobody();
  }

  private final String url;
  /** Its own factory reads replies of 1.0 as if they were of 2.0. */
  private final HessianProxyFactory factory = new HessianProxyFactory() {
    @Override
    public AbstractHessianInput getHessianInput(InputStream in) {
      return getHessian1Input(in);
    }
  };
  private final StringBuilder told = new StringBuilder();

  /** `words`: the URL, the scenario and what is to be set at the factory. */
  static String run(String... words) throws Exception {
    HessianClient client = new HessianClient(words[0]);
    for (int i = 2; i < words.length; i++) client.set(words[i]);
    client.getClass().getDeclaredMethod(words[1]).invoke(client);
    return client.told.toString();
  }

  private HessianClient(String url) {
    this.url = url;
  }

  private void set(String word) {
    switch (word) {
      case "request2":
        factory.setHessian2Request(true);
        break;
      case "reply1":
        factory.setHessian2Reply(false);
        break;
      case "overloads":
        factory.setOverloadEnabled(true);
        break;
      case "whole":
        factory.setChunkedPost(false);
        break;
      default:
        String[] user = word.split(":");
        factory.setUser(user[0]);
        factory.setPassword(user[1]);
    }
  }

  private void tell(String name, Act act) {
    String text;
    try {
      text = Describe.of(act.run());
    } catch (Throwable thrown) {
      boolean wrapped = thrown instanceof InvocationTargetException || thrown instanceof UndeclaredThrowableException;
      text = describe(wrapped ? thrown.getCause() : thrown).replace('\n', ' ');
    }
    told.append(name).append(": ").append(text).append('\n');
  }

  private static String describe(Throwable thrown) {
    try {
      if (thrown instanceof OutOfStock) return "OutOfStock " + thrown.getMessage() + " " + ((OutOfStock) thrown).sku;
      if (thrown instanceof HessianServiceException) {
        HessianServiceException fault = (HessianServiceException) thrown;
        Object detail = fault.getDetail();
        if (detail instanceof Map) detail = new TreeMap<>((Map<?, ?>) detail);
        return "fault " + fault.getCode() + " " + fault.getMessage() + " " + Describe.of(detail);
      }
      String text = String.valueOf(thrown);
      if (thrown instanceof HessianRuntimeException) text += " caused by " + thrown.getCause();
      return text;
    } catch (Exception impossible) {
      return String.valueOf(impossible);
    }
  }

  private static Order order() {
    Item item = new Item();
    item.sku = "a";
    item.qty = 3;
    item.price = 19.5;
    Order order = new Order();
    order.id = 1L << 40;
    order.customer = "Ada \ud83d\ude00";
    order.items = new ArrayList<>(List.of(item, item));
    order.paid = true;
    order.total = new BigDecimal("12.50");
    order.placed = new Date(1_700_000_000_123L);
    order.color = Color.blue;
    order.colors = new ArrayList<>(List.of(Color.red, Color.green));
    order.data = new byte[70_000];
    order.counts = new HashMap<>(Map.of("n", 5L));
    order.rate = 1;
    order.any = new ArrayList<>(List.of("x", 2));
    order.parent = new Order();
    order.parent.customer = "parent";
    order.parent.items = new ArrayList<>();
    order.parent.colors = new ArrayList<>();
    order.parent.data = new byte[0];
    order.parent.counts = new HashMap<>();
    return order;
  }

  void shop() throws Exception {
    Shop shop = (Shop) factory.create(Shop.class, url);
    tell("add", () -> shop.add(2, 40));
    tell("place", () -> shop.place(order(), 2, "n"));
    tell("fail", () -> {
      shop.fail("s");
      return null;
    });
  }

  void nobody() throws Exception {
    Nobody nobody = (Nobody) factory.create(Nobody.class, url);
    tell("nobody", () -> nobody.nobody());
  }

  void overloads() throws Exception {
    Overloads overloads = (Overloads) factory.create(Overloads.class, url);
    Item item = new Item();
    item.sku = "i";
    tell("int", () -> overloads.of(1));
    tell("string", () -> overloads.of("t"));
    tell("both", () -> overloads.of(2, "t"));
    tell("item", () -> overloads.of(item, new long[] {7}));
  }

  /** Without an interface: the client asks the server which it is. */
  void asked() throws Exception {
    tell("asked", () -> ((Shop) factory.create(url)).add(1, 2));
  }

  /** Every method of Caucho's own test interface; what it should be is what the same class says here. */
  void test() throws Exception {
    com.caucho.hessian.test.TestHessian2Servlet service = new com.caucho.hessian.test.TestHessian2Servlet();
    TestHessian2 test = (TestHessian2) factory.create(TestHessian2.class, url);
    for (Method method : TestHessian2.class.getMethods()) {
      String name = method.getName();
      if (name.startsWith("arg")) {
        Object value = name.equals("argNull") ? null : service.getClass().getMethod("reply" + name.substring(3)).invoke(service);
        tell(name, () -> method.invoke(test, value));
        continue;
      }
      String expected = Describe.of(method.invoke(service));
      int before = told.length();
      tell(name, () -> method.invoke(test));
      String got = told.substring(before + name.length() + 2).trim();
      told.setLength(before);
      boolean same = got.equals(expected);
      String cut = got.substring(0, Math.min(200, got.length()));
      told.append(name).append(": ").append(same ? "true" : cut + " instead of " + expected).append('\n');
    }
  }
}
