"""The drawn atlas judged by other geodesics, another search and another wording of the rule."""
