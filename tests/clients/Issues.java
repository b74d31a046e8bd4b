/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issues.java - what Jenkins' own parsers make of report files
 *
 *      java -cp 'JARS/*' Issues.java PARSER FILE...
 *
 * PARSER is an id of analysis-model's registry: the name that recordIssues knows it by, "native" for issues().
 * Prints an object as JSON: by file, the list of its issues ("read"), or why there is none ("refused").
 */
import edu.hm.hafner.analysis.FileReaderFactory;
import edu.hm.hafner.analysis.Issue;
import edu.hm.hafner.analysis.Report;
import edu.hm.hafner.analysis.registry.ParserDescriptor;
import edu.hm.hafner.analysis.registry.ParserRegistry;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.json.JSONArray;
import org.json.JSONObject;

public class Issues {
    private static JSONObject issue(Issue i) {
        return new JSONObject()
            .put("severity", i.getSeverity().getName())
            .put("type", i.getType())
            .put("category", i.getCategory())
            .put("message", i.getMessage())
            .put("description", i.getDescription())
            .put("fileName", i.getFileName())
            .put("lineStart", i.getLineStart())
            .put("packageName", i.getPackageName())
            .put("fingerprint", i.getFingerprint());
    }

    private static JSONObject attempt(ParserDescriptor descriptor, String file) {
        try {
            var reader = new FileReaderFactory(Path.of(file), StandardCharsets.UTF_8);
            Report report = descriptor.createParser().parse(reader);
            var issues = new JSONArray();

            if (report.hasErrors())
                return new JSONObject().put("refused", report.getErrorMessages().toString());
            for (Issue i : report)
                issues.put(issue(i));
            return new JSONObject().put("read", issues);
        } catch (RuntimeException e) {
            return new JSONObject().put("refused", e.toString());
        }
    }

    public static void main(String[] args) {
        var descriptor = new ParserRegistry().get(args[0]);
        var files = new JSONObject();

        for (int n = 1; n < args.length; n++)
            files.put(args[n], attempt(descriptor, args[n]));
        new PrintStream(System.out, true, StandardCharsets.UTF_8).println(files);
    }
}
