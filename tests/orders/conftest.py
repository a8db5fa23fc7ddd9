from orders_office import office

__all__ = ["office"]
