// SPDX-License-Identifier: Apache-2.0
/*
 * JenkinsStep.groovy - runs the Jenkins step as a pipeline would, and records what it asks of Jenkins
 *
 *     java -cp groovy-all.jar groovy.ui.GroovyMain JenkinsStep.groovy STEP SCENARIOS [JENKINSFILE...]
 *
 * Prints as JSON what each scenario, or each Jenkinsfile with a clean scan, called: step, arguments, the blocks it stood
 * in, for sh the environment, too. A step that Jenkins does not have, or not with this parameter, fails as it does there.
 */
import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import org.codehaus.groovy.control.CompilerConfiguration
import org.codehaus.groovy.control.customizers.ImportCustomizer

class Jenkins {
    // The steps and what they take; first what a call without names gives.
    static final Map STEPS = [
        sh: ['script', 'label', 'returnStatus', 'returnStdout', 'encoding'],
        error: ['message'],
        unstable: ['message'],
        junit: ['testResults', 'allowEmptyResults', 'skipMarkingBuildUnstable', 'skipPublishingChecks', 'skipOldReports'],
        recordIssues: ['tool', 'tools', 'enabledForFailure', 'skipBlames', 'skipPublishingChecks', 'id', 'name'],
        publishHTML: ['target'],
        archiveArtifacts: ['artifacts', 'allowEmptyArchive', 'fingerprint', 'excludes', 'onlyIfSuccessful'],
        usernamePassword: ['', 'credentialsId', 'usernameVariable', 'passwordVariable'],
        issues: ['', 'pattern', 'id', 'name', 'reportEncoding'],
    ]
    static final List TARGET = ['reportName', 'reportDir', 'reportFiles', 'reportTitles', 'includes', 'keepAll',
        'alwaysLinkToLastBuild', 'allowMissing']
    // What a Jenkinsfile is built of: blocks that are entered, and lines that say something to Jenkins alone.
    static final List BLOCKS = ['pipeline', 'agent', 'docker', 'options', 'parameters', 'triggers', 'stages', 'stage', 'steps',
        'post', 'always', 'node', 'inside', 'timeout', 'catchError']
    static final List LINES = ['checkout', 'image', 'args', 'string', 'choice', 'cron', 'disableConcurrentBuilds', 'echo']

    static Map scenario
    static Script step
    static List calls
    static List within
    static Map env

    static void begin(Map next) {
        scenario = next
        calls = []
        within = []
        env = [:]
    }

    static Object enter(String name, Closure body, Map bound = [:]) {
        Map before = env
        env = env + bound
        within << name
        try {
            return body.call()
        } finally {
            within.remove(within.size() - 1)
            env = before
        }
    }

    static Map named(String name, List args) {
        Map given = args.size() == 1 && args[0] instanceof Map ? args[0] : [(STEPS[name][0]): args[0]]
        List wrong = (given.keySet() - STEPS[name]) as List
        if (args.size() != 1 || wrong) {
            throw new IllegalArgumentException("${name} does not take ${wrong ?: args}")
        }
        if (name == 'publishHTML' && given.target.keySet() - TARGET) {
            throw new IllegalArgumentException("publishHTML does not take ${given.target.keySet() - TARGET}")
        }
        return given
    }

    static Object block(String name, List args) {
        Closure body = args[-1] as Closure
        if (name == 'withEnv') {
            return enter(name, body, args[0].collectEntries { it.toString().split('=', 2) as List })
        }
        if (name == 'withCredentials') {
            Map found = scenario.credentials ?: [:]
            return enter(name, body, args[0].collectEntries {
                if (it.credentialsId != found.id) {
                    throw new IllegalArgumentException("no credentials ${it.credentialsId}")
                }
                [(it.usernameVariable): found.username, (it.passwordVariable): found.password]
            })
        }
        return enter(name, body)
    }

    static Object invoke(String name, List args) {
        if (name == 'scanstep') {
            return step.call(*args)
        }
        if (name in ['withEnv', 'withCredentials'] || name in BLOCKS && args && args[-1] instanceof Closure) {
            return block(name, args)
        }
        if (name in LINES) {
            // checkout tells what it checked out; in a scripted pipeline nothing else does.
            return name == 'image' ? this : name == 'checkout' ? [GIT_COMMIT: 'abc123'] : null
        }
        if (!STEPS[name] || name in scenario.without) {
            throw new NoSuchMethodError("No such DSL method '${name}'")
        }
        Map given = named(name, args)
        if (name in ['usernamePassword', 'issues']) {
            return given
        }
        calls << [step: name, args: given, within: within.collect(), env: name == 'sh' ? env : env.keySet()]
        if (name == 'error') {
            throw new IllegalStateException(given.message.toString())
        }
        return name == 'sh' && given.returnStatus ? scenario.status : null
    }
}

abstract class Pipeline extends Script {
    Object invokeMethod(String name, Object args) {
        return Jenkins.invoke(name, args as List)
    }
}

// What is on Jenkins' own class path, as far as a step or a Jenkinsfile names it.
GroovyClassLoader loader = new GroovyClassLoader(Pipeline.classLoader)
loader.parseClass('package com.cloudbees.groovy.cps\n@interface NonCPS {}')
loader.parseClass('package org.jenkinsci.plugins.workflow.libs\n@interface Library { String[] value() }')
CompilerConfiguration compiler = new CompilerConfiguration(scriptBaseClass: 'Pipeline')
compiler.addCompilationCustomizers(new ImportCustomizer().addImports('org.jenkinsci.plugins.workflow.libs.Library'))

Closure record = { Map scenario, Closure body ->
    Jenkins.begin(scenario)
    Map result = [name: scenario.name]
    try {
        result.returned = body.call()
    } catch (IllegalStateException | IllegalArgumentException | LinkageError e) {
        result.thrown = e.message
    }
    return result + [calls: Jenkins.calls]
}
Closure parse = { String file ->
    Binding binding = new Binding(any: 'any', scm: 'scm', params: [IMAGE: 'registry.example.com/team/app:1.4', FAIL_ON: 'high'],
        env: [SCANSTEP_CONTAINER_IMAGE: 'registry.example.com/scanstep:1', GIT_COMMIT: 'abc'])
    binding.setVariable('docker', new Expando(image: { String name ->
        new Expando(inside: { Object... args -> Jenkins.enter('inside', args[-1] as Closure) })
    }))
    return new GroovyShell(loader, binding, compiler).parse(new File(file))
}

Jenkins.step = parse(args[0])
List results = new JsonSlurper().parse(new File(args[1])).collect { Map scenario ->
    Map config = scenario.config.collectEntries { key, value -> [key, key in scenario.gstrings ? "${value}" : value] }
    record(scenario) { scenario.config.isEmpty() ? Jenkins.step.call() : Jenkins.step.call(config) }
}
args.drop(2).each { String file ->
    Map clean = [name: file, status: 0, credentials: [id: 'registry', username: 'robot', password: 'secret']]
    results << record(clean) { parse(file).run() && null }
}
println JsonOutput.toJson(results)
