package shop;

public interface Shop {
  Order place(Order order, long amount, String note);

  int add(int a, int b);

  void fail(String sku);
}
