// SPDX-License-Identifier: Apache-2.0
/*
 * scanstep.groovy - a step of a shared library: scans an image, publishes what was found, then decides
 *
 *     scanstep image: 'registry.example.com/team/app:1.4', failOn: 'high'
 *
 * scanstep.txt is its help, ../README.md has every key. It returns scanstep's exit status where the build goes on.
 *
 * Values reach the program through its environment, and the shell's script is always the same: whatever an image is
 * called, neither Groovy nor a shell has anything to expand. The secret is bound around the scan alone, by Jenkins,
 * and no text here ever holds it.
 *
 * Reports are published before the build fails, so that a red build has them; and only those of this build: statuses
 * other than 0, 1 and 4 leave none, and may leave an earlier build's where they were.
 */
import com.cloudbees.groovy.cps.NonCPS

int call(Map config = [:]) {
    String mistake = mistakeIn(config)
    if (mistake) {
        error "scanstep: ${mistake}"
    }
    Map settings = settle(config)
    int status = scan(settings)
    if (status in [0, 1, 4]) {
        publish(settings)
    }
    decide(status, settings)
    return status
}

// ---- The scan ----

private int scan(Map settings) {
    List variables = variablesOf(settings)
    if (!settings.credentialsId) {
        return withEnv(variables) { runProgram() }
    }
    return withEnv(variables) {
        withCredentials([usernamePassword(credentialsId: settings.credentialsId,
            usernameVariable: 'SCANSTEP_REGISTRY_USERNAME', passwordVariable: 'SCANSTEP_REGISTRY_PASSWORD')]) {
            runProgram()
        }
    }
}

// The first line is there so that Jenkins does not trace the script, with its values, into the log.
private int runProgram() {
    return sh(label: 'scanstep', returnStatus: true,
        script: '#!/bin/sh\nexec "$STEP_PROGRAM" ci ${STEP_IMAGE:+-- "$STEP_IMAGE"}\n')
}

// ---- What becomes of it ----

// JUnit's results and the issues make no build unstable of their own: policy decides, below.
private void publish(Map settings) {
    String folder = settings.outputDir
    if (settings.junit) {
        junit testResults: "${folder}/scanstep-junit.xml", skipMarkingBuildUnstable: true
    }
    if (settings.issues) {
        recordIssues tool: issues(pattern: "${folder}/scanstep-issues.json", id: settings.id, name: settings.name),
            enabledForFailure: true, skipBlames: true
    }
    if (settings.html) {
        publishHTML target: [reportName: settings.name, reportDir: folder, reportFiles: 'scanstep.html',
            keepAll: true, alwaysLinkToLastBuild: true, allowMissing: false]
    }
    if (settings.archive) {
        archiveArtifacts artifacts: filesOf(settings).join(',')
    }
}

private void decide(int status, Map settings) {
    if (status == 0) {
        return
    }
    String message = "scanstep: ${meaningOf(status)} (exit status ${status})"
    if (status == 1 && settings.onPolicy == 'unstable' || status == 4 && settings.onIncomplete == 'unstable') {
        unstable message
    } else {
        error message
    }
}

@NonCPS
private String meaningOf(int status) {
    Map meanings = [
        1: 'the policy is violated',
        2: 'a setting or an allow-list cannot be understood',
        3: 'the image was not obtained',
        4: 'the scan is incomplete: the reports say what was not seen',
        5: 'the advisory database is too old or cannot be used',
        6: 'a report could not be written',
        126: 'the program cannot be run on this agent',
        127: 'the program is not on this agent',
    ]
    return meanings[status] ?: 'the scan broke off'
}

// ---- The map of settings ----

// Each key: its default, what values it takes, the variable by which scanstep is told. A switch that is null is left to
// the job's own variable; one that is said to be false is not.
@NonCPS
private Map table() {
    return [
        image: ['', 'text', 'STEP_IMAGE'],
        failOn: ['', 'none negligible low medium high critical', 'SCANSTEP_FAIL_ON'],
        reportMin: ['', 'negligible low medium high critical', 'SCANSTEP_REPORT_MIN'],
        onlyFixed: [null, 'switch', 'SCANSTEP_ONLY_FIXED'],
        allowlist: [[], 'list', 'SCANSTEP_ALLOWLIST'],
        platform: ['', 'text', 'SCANSTEP_PLATFORM'],
        db: ['', 'text', 'SCANSTEP_DB'],
        from: [[], 'list', 'SCANSTEP_FROM'],
        offline: [null, 'switch', 'SCANSTEP_OFFLINE'],
        cacheDir: ['', 'text', 'SCANSTEP_CACHE_DIR'],
        program: ['scanstep', 'text', 'STEP_PROGRAM'],
        outputDir: ['', 'path', 'SCANSTEP_OUTPUT_DIR'],
        formats: [[], 'formats', ''],
        credentialsId: ['', 'text', ''],
        onPolicy: ['error', 'error unstable', ''],
        onIncomplete: ['error', 'error unstable', ''],
        id: ['scanstep', 'word', ''],
        name: ['Container scan', 'text', ''],
        junit: [true, 'switch', ''],
        issues: [true, 'switch', ''],
        html: [true, 'switch', ''],
        archive: [true, 'switch', ''],
    ]
}

// The formats that go to a file of their own; the step asks for some of them itself.
@NonCPS
private Map fileOfFormat() {
    return [
        sarif: 'scanstep.sarif',
        junit: 'scanstep-junit.xml',
        gitlab: 'gl-container-scanning-report.json',
        html: 'scanstep.html',
        markdown: 'scanstep.md',
        csv: 'scanstep.csv',
        cyclonedx: 'gl-sbom.cdx.json',
        openvex: 'scanstep.openvex.json',
        codequality: 'gl-code-quality-report.json',
        jenkins: 'scanstep-issues.json',
        clair: 'clair-report.json',
        dotenv: 'scanstep.env',
    ]
}

// What is wrong with the map, or an empty text. A null is as if the key were not there.
@NonCPS
private String mistakeIn(Map config) {
    for (Map.Entry entry in config) {
        String key = entry.key
        List row = table()[key]
        if (row == null) {
            return "there is no key '${key}'; there are ${table().keySet().join(', ')}"
        }
        if (entry.value != null && !fits(entry.value, row[1])) {
            return "${key} is ${wanted()[row[1]] ?: 'one of ' + row[1].replace(' ', ', ')}"
        }
    }
    return ''
}

@NonCPS
private Map wanted() {
    return [
        text: 'a text that is not empty',
        word: 'a word of letters, digits, dots, hyphens and underscores',
        path: 'a path within the workspace, of letters, digits, dots, hyphens, underscores and slashes',
        switch: 'true or false',
        list: 'a text or a list of texts, without commas',
        formats: 'a list of these: ' + fileOfFormat().keySet().join(', '),
    ]
}

// Patterns of files are made of paths, so that these are plain.
@NonCPS
private boolean fits(Object value, String kind) {
    switch (kind) {
        case 'switch':
            return value instanceof Boolean
        case 'text':
            return isText(value)
        case 'word':
            return isText(value) && value.toString() ==~ /[A-Za-z0-9_][A-Za-z0-9._-]*/
        case 'path':
            return isText(value) && value.toString() ==~ /[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*/
        case 'list':
            return textsOf(value).every { isText(it) && !it.toString().contains(',') }
        case 'formats':
            return textsOf(value).every { isText(it) && fileOfFormat().containsKey(it.toString()) }
        default:
            return isText(value) && value.toString() in kind.split(' ')
    }
}

@NonCPS
private boolean isText(Object value) {
    return value instanceof CharSequence && value.length() > 0 && !value.toString().contains('\0')
}

@NonCPS
private List textsOf(Object value) {
    return value instanceof Collection ? value as List : [value]
}

// The map with its defaults, of plain texts: a GString of the Jenkinsfile is one from here on.
@NonCPS
private Map settle(Map config) {
    Map settings = [:]
    table().each { String key, List row -> settings[key] = row[0] }
    settings = settings + config.findAll { it.value != null }
    table().each { String key, List row ->
        if (row[1] in ['list', 'formats']) {
            settings[key] = textsOf(settings[key])*.toString()
        } else if (row[1] != 'switch') {
            settings[key] = settings[key].toString()
        }
    }
    settings.outputDir = settings.outputDir ?: "${settings.id}-report".toString()
    return settings
}

@NonCPS
private List formatsOf(Map settings) {
    List formats = []
    if (settings.junit) {
        formats << 'junit'
    }
    if (settings.issues) {
        formats << 'jenkins'
    }
    if (settings.html) {
        formats << 'html'
    }
    return (formats + settings.formats).unique()
}

// NAME=value, for withEnv, which takes them as they are.
@NonCPS
private List variablesOf(Map settings) {
    List variables = ['SCANSTEP_OUTPUT=' + (['table', 'json=scanstep.json'] + formatsOf(settings)).join(',')]
    table().each { String key, List row ->
        Object value = settings[key]
        if (row[2] && value instanceof Boolean) {
            variables << row[2] + (value ? '=1' : '=0')
        } else if (row[2] && value) {
            variables << row[2] + '=' + (value instanceof List ? value.join(',') : value)
        }
    }
    return variables
}

@NonCPS
private List filesOf(Map settings) {
    List files = ['scanstep.json'] + formatsOf(settings).collect { fileOfFormat()[it] }
    if ('html' in formatsOf(settings)) {
        files << 'report.css'
    }
    return files.collect { "${settings.outputDir}/${it}".toString() }
}
