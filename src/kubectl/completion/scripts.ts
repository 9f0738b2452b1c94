/**
 * What each shell needs to know to complete our words: it asks `PROGRAM __complete WORDS…` and follows the directive in
 * the last line (directive.ts). Standard error is thrown away, so that nothing ever gets between what the user types.
 */

type Script = (program: string) => string;

/** The program's name as part of a function's. */
const word = (program: string): string => program.replaceAll(/\W/g, '_');

const bash: Script = (program) => `# bash completion for ${program}

__${word(program)}_complete() {
    local words typed asked out directive line choice prefix
    # The line itself: bash's own words end at "=" and ":", too.
    line=\${COMP_LINE:0:COMP_POINT}
    read -r -a words <<< "$line"
    if [[ $line == *[[:space:]] ]]; then words+=(""); fi
    typed=\${words[\${#words[@]}-1]}
    asked=("\${words[@]:1}")
    COMPREPLY=()
    out=$("\${words[0]}" __complete "\${asked[@]}" 2>/dev/null) || return 0
    directive=\${out##*:}
    case $directive in ''|*[!0-9]*) directive=0 ;; esac
    out=\${out%:*}

    # The value alone is completed where the flag stands before it ("--output=ya").
    prefix=
    if [[ $typed == -*=* ]]; then prefix=\${typed%%=*}=; typed=\${typed#*=}; fi

    if (( directive & 8 )); then
        local extensions=
        while IFS= read -r line; do [ -z "$line" ] || extensions+="\${extensions:+|}$line"; done <<< "$out"
        compopt -o filenames 2>/dev/null
        while IFS= read -r line; do
            if [ -d "$line" ] || [[ $line =~ \\.($extensions)$ ]]; then COMPREPLY+=("$line"); fi
        done < <(compgen -f -- "$typed")
        return 0
    fi

    local choices=() descriptions=() width=0
    while IFS= read -r line; do
        choice=\${line%%$'\\t'*}
        [[ -n $choice && $choice == "$typed"* || -n $choice && $choice == "$prefix$typed"* ]] || continue
        choices+=("$choice")
        if [[ $line == *$'\\t'* ]]; then descriptions+=("\${line#*$'\\t'}"); else descriptions+=(""); fi
        (( \${#choice} <= width )) || width=\${#choice}
    done <<< "$out"

    if (( directive & 2 )); then compopt -o nospace 2>/dev/null; fi
    if (( \${#choices[@]} == 0 )); then
        (( directive & 4 )) || { compopt -o filenames 2>/dev/null; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$typed"); }
        return 0
    fi
    if (( \${#choices[@]} == 1 )); then
        COMPREPLY=("\${choices[0]}")
    else
        # Shown as a list, with what they are; what they have in common is still typed.
        local at room=$(( \${COLUMNS:-80} - width - 6 ))
        for (( at = 0; at < \${#choices[@]}; at++ )); do
            if [[ -z \${descriptions[at]} || $room -lt 8 || \${COMP_TYPE:-9} == 37 || \${COMP_TYPE:-9} == 42 ]]; then
                COMPREPLY+=("\${choices[at]}")
            else
                COMPREPLY+=("$(printf "%-\${width}s  (%s)" "\${choices[at]}" "\${descriptions[at]:0:room}")")
            fi
        done
    fi

    # bash takes ":" and "=" for ends of words: what stands before them is typed already.
    if [[ $typed == *:* && \${COMP_WORDBREAKS-} == *:* ]]; then
        local typed_before=\${typed%"\${typed##*:}"}
        for at in "\${!COMPREPLY[@]}"; do COMPREPLY[at]=\${COMPREPLY[at]#"$typed_before"}; done
    fi
}

complete -o default -F __${word(program)}_complete ${program}
`;

const zsh: Script = (program) => `#compdef ${program}
compdef _${word(program)} ${program}

# zsh completion for ${program}

_${word(program)}() {
    local out line choice directive typed
    local -a choices
    typed=\${words[CURRENT]}
    out=$("\${words[1]}" __complete "\${(@Q)words[2,CURRENT-1]}" "\${(Q)typed}" 2>/dev/null) || return 0
    directive=\${out##*:}
    [[ $directive == <-> ]] || directive=0
    out=\${out%:*}

    if (( directive & 8 )); then
        local -a extensions
        for line in \${(f)out}; do extensions+=("*.$line"); done
        [[ $typed == -*=* ]] && compset -P '*='
        _files -g "(\${(j:|:)extensions})"
        return
    fi

    local prefix=
    if [[ $typed == -*=* ]]; then
        prefix=\${typed%%=*}=
        compset -P '*='
    fi
    for line in \${(f)out}; do
        [[ -n $line ]] || continue
        choice=\${\${line%%$'\\t'*}//:/\\\\:}
        if [[ $line == *$'\\t'* ]]; then choices+=("$choice:\${line#*$'\\t'}"); else choices+=("$choice"); fi
    done
    local -a space
    (( directive & 2 )) && space=(-S '')
    if (( \${#choices} > 0 )); then
        _describe -V 'completions' choices "\${space[@]}" && return
    fi
    (( directive & 4 )) || _files
}

# Read by compinit, or with "source".
if [ "$funcstack[1]" = "_${word(program)}" ]; then
    _${word(program)}
fi
`;

const fish: Script = (program) => `# fish completion for ${program}

function __${word(program)}_ask
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -g __${word(program)}_directive 0
    set -g __${word(program)}_choices
    set -l out ($words[1] __complete $words[2..-1] "$typed" 2>/dev/null)
    test (count $out) -gt 0; or return 1
    set -g __${word(program)}_directive (string sub --start 2 -- $out[-1])
    string match -qr '^[0-9]+$' -- $__${word(program)}_directive; or set -g __${word(program)}_directive 0
    set -l prefix (string match -r '^-.*=' -- "$typed")
    for line in $out[1..-2]
        set -a __${word(program)}_choices "$prefix$line"
    end
    return 0
end

function __${word(program)}_wants_files
    __${word(program)}_ask; or return 0
    # An extension or nothing at all: the shell's own files.
    if test (math "floor($__${word(program)}_directive / 8) % 2") -eq 1
        set -g __${word(program)}_choices
        return 0
    end
    test (math "floor($__${word(program)}_directive / 4) % 2") -eq 0; and test (count $__${word(program)}_choices) -eq 0
end

complete -c ${program} -e
complete -c ${program} -n '__${word(program)}_wants_files' -F
complete -c ${program} -n 'not __${word(program)}_wants_files' -f -k -a '(printf "%s\\n" $__${word(program)}_choices)'
`;

const powershell: Script = (program) => `# powershell completion for ${program}

Register-ArgumentCompleter -Native -CommandName '${program}' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $line = $commandAst.Extent.Text
    if ($cursorPosition -lt $line.Length) { $line = $line.Substring(0, $cursorPosition) }
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    $asked = @($words | Select-Object -Skip 1)
    if ($wordToComplete -eq '') { $asked += '' }
    if ($PSVersionTable.PSVersion -lt [version]'7.3') { $asked = @($asked | ForEach-Object { if ($_ -eq '') { '""' } else { $_ } }) }
    $out = @(& $words[0] __complete @asked 2>$null)
    if ($out.Count -eq 0) { return }
    $directive = 0
    [void][int]::TryParse($out[-1].TrimStart(':'), [ref]$directive)
    if ($directive -band 8) { return }
    $prefix = ''
    if ($wordToComplete -match '^(-.*?=)') { $prefix = $Matches[1] }
    $space = if ($directive -band 2) { '' } else { ' ' }
    $choices = @($out | Select-Object -SkipLast 1 | ForEach-Object {
        $name, $description = $_ -split "\`t", 2
        if (-not $description) { $description = $name }
        [System.Management.Automation.CompletionResult]::new("$prefix$name$space", $name, 'ParameterValue', $description)
    })
    if ($choices.Count -gt 0) { $choices } elseif ($directive -band 4) { '' }
}
`;

export const SCRIPTS = { bash, zsh, fish, powershell } as const satisfies Readonly<Record<string, Script>>;
