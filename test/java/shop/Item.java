package shop;

public class Item implements java.io.Serializable {
  public String sku;
  public int qty;
  public double price;
}
