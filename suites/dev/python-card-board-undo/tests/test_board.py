from board import Board
from expect import Case


def filled():
    board = Board("to do", "done")
    for card in ("a", "b", "c"):
        board.add("to do", card)
    return board


class Undo(Case):
    def test_nothing_to_undo(self):
        board = Board("to do")
        self.same((board.undo(), board.redo()), (False, False))

    def test_move_and_add(self):
        board = Board("to do", "done")
        board.add("to do", "paint")
        board.move("paint", "done")
        self.same(board.undo(), True)
        self.same(board.columns(), {"to do": ["paint"], "done": []})
        self.same(board.undo(), True)
        self.same(board.columns(), {"to do": [], "done": []})

    def test_remove_comes_back_in_place(self):
        board = filled()
        board.remove("b")
        board.undo()
        self.same(board.columns()["to do"], ["a", "b", "c"])

    def test_move_within_a_column_comes_back(self):
        board = filled()
        board.move("c", "to do", 0)
        self.same(board.columns()["to do"], ["c", "a", "b"])
        board.undo()
        self.same(board.columns()["to do"], ["a", "b", "c"])

    def test_redo(self):
        board = filled()
        board.undo()
        board.undo()
        self.same((board.redo(), board.columns()["to do"]), (True, ["a", "b"]))
        self.same((board.redo(), board.redo()), (True, False))

    def test_a_change_ends_redo(self):
        board = filled()
        board.undo()
        board.add("done", "x")
        self.same(board.redo(), False)

    def test_no_change_is_no_step(self):
        board = filled()
        board.undo()
        board.move("b", "to do")
        self.same(board.redo(), True, "redo after a move to the same place")

    def test_errors_are_no_step(self):
        board = filled()
        before = board.columns()
        self.fails(KeyError, board.move, "a", "nowhere")
        self.fails(KeyError, board.remove, "zzz")
        self.same(board.columns(), before)
        board.undo()
        self.same(board.columns()["to do"], ["a", "b"])

    def test_groups_are_one_step(self):
        board = filled()
        with board.group():
            board.move("a", "done")
            with board.group():
                board.move("b", "done")
            board.remove("c")
        board.undo()
        self.same(board.columns(), {"to do": ["a", "b", "c"], "done": []})
        board.redo()
        self.same(board.columns(), {"to do": [], "done": ["a", "b"]})

    def test_an_empty_group_is_no_step(self):
        board = filled()
        with board.group():
            pass
        board.undo()
        self.same(board.columns()["to do"], ["a", "b"])

    def test_a_failing_group_is_taken_back(self):
        board = filled()

        def work():
            with board.group():
                board.move("a", "done")
                board.remove("zzz")

        self.fails(KeyError, work)
        self.same(board.columns(), {"to do": ["a", "b", "c"], "done": []})
        board.undo()
        self.same(board.columns()["to do"], ["a", "b"])

    def test_no_undo_inside_a_group(self):
        board = filled()

        def work():
            with board.group():
                board.undo()

        self.fails(RuntimeError, work)
        self.same(board.undo(), True)

    def test_columns_stay_copies(self):
        board = filled()
        board.columns()["to do"].clear()
        self.same(board.columns()["to do"], ["a", "b", "c"])
