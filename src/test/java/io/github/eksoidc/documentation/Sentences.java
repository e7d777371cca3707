package io.github.eksoidc.documentation;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Reads the sentences from the string constants of Java sources. */
final class Sentences {

  /** Stands for a value in a sentence. */
  static final String VALUE = "%s";

  private static final int MIN_WORDS = 3;
  private static final Pattern END = Pattern.compile("\\.$|[.:] %s$");

  private Sentences() {}

  /**
   * Returns the sentences: constants of three or more words that end with a period, or with a
   * period or a colon and a value. Concatenated constants count as one; another operand counts as
   * {@link #VALUE}.
   */
  static Set<String> in(Path sources) throws IOException {
    Set<String> sentences = new TreeSet<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (Stream<Path> walk = Files.walk(sources);
        var manager = compiler.getStandardFileManager(null, null, null)) {
      // docs/audit.md explains the findings of the audit; they are not reasons of a request.
      List<Path> files =
          walk.filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !file.toString().contains("audit"))
              .filter(file -> !file.getFileName().toString().startsWith("Audit"))
              .toList();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      for (CompilationUnitTree unit : task.parse()) {
        new Scanner(sentences).scan(unit, null);
      }
    }
    return sentences;
  }

  private static final class Scanner extends TreeScanner<Void, Void> {

    private final Set<String> sentences;

    Scanner(Set<String> sentences) {
      this.sentences = sentences;
    }

    @Override
    public Void visitBinary(BinaryTree node, Void unused) {
      if (node.getKind() != Tree.Kind.PLUS) {
        return super.visitBinary(node, null);
      }
      StringBuilder text = new StringBuilder();
      append(node, text);
      add(text.toString());
      return null;
    }

    private void append(Tree node, StringBuilder text) {
      switch (node) {
        case BinaryTree sum when sum.getKind() == Tree.Kind.PLUS -> {
          append(sum.getLeftOperand(), text);
          append(sum.getRightOperand(), text);
        }
        case LiteralTree literal when literal.getValue() instanceof String value ->
            text.append(value);
        case ParenthesizedTree group -> append(group.getExpression(), text);
        default -> {
          text.append(VALUE);
          scan(node, null);
        }
      }
    }

    @Override
    public Void visitLiteral(LiteralTree node, Void unused) {
      if (node.getValue() instanceof String value) {
        add(value);
      }
      return null;
    }

    private void add(String text) {
      boolean isSentence = END.matcher(text).find();
      if (isSentence && text.trim().split("\\s+", -1).length >= MIN_WORDS) {
        sentences.add(text.replaceAll("%,?d", VALUE).trim());
      }
    }
  }
}
